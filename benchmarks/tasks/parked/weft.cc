// parked: `size` tasks wait for one future; what the process grew by, divided by their number, is what a task costs.
// The handles of the tasks are counted in. At the end all are released and joined.
#include <atomic>
#include <vector>

#include "measure.h"
#include "weft/weft.h"

namespace {

std::atomic<long> waiting{0};

weft::Coro<long> wait_for_release(weft::Future<long> release, long index) {
  waiting.fetch_add(1, std::memory_order_relaxed);
  const long offset = co_await release;
  co_return index + offset;
}

weft::Coro<void> main_coro(const bench::Arguments& arguments, bench::Measurement& measurement) {
  const long size = arguments.size;
  weft::Future<long> release = weft::get_running_loop().create_future<long>();
  const long before = bench::resident_bytes();

  measurement.start();
  std::vector<weft::Task<long>> tasks;
  tasks.reserve(static_cast<std::size_t>(size));
  for (long i = 0; i < size; ++i) tasks.push_back(weft::create_task(wait_for_release(release, i)));
  // A task that has counted itself may not have linked its waiter yet; the pause lets the last of them do so.
  while (waiting.load(std::memory_order_relaxed) < size) co_await weft::sleep(std::chrono::milliseconds(1));
  co_await weft::sleep(std::chrono::milliseconds(500));
  const long grown = bench::resident_bytes() - before;

  release.set_result(1);
  long sum = 0;
  for (const weft::Task<long>& task : tasks) sum += co_await task;
  measurement.stop();
  measurement.check(sum, size * (size + 1) / 2);
  measurement.add("bytes_per_task", static_cast<double>(grown) / static_cast<double>(size));
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = bench::read_arguments(argc, argv, {.size = 1'000'000}, 1, 100'000'000);
  bench::Measurement measurement("parked_weft", arguments);
  weft::run(main_coro(arguments, measurement), {.workers = arguments.workers, .order = weft::Order::depth_first});
  return measurement.report();
}
