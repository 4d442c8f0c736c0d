// yield: 100 tasks that each let the others run `size` times. Seconds are for all of them together.
// Comparison: sleep(0), asyncio's way to yield; every yield goes through the ready queue.
#include <vector>

#include "measure.h"
#include "weft/weft.h"

namespace {

constexpr long task_count = 100;

weft::Coro<long> yield_often(long times) {
  for (long i = 0; i < times; ++i) co_await weft::sleep(std::chrono::seconds(0));
  co_return times;
}

weft::Coro<long> yield_all(long times) {
  std::vector<weft::Task<long>> tasks;
  for (long i = 0; i < task_count; ++i) tasks.push_back(weft::create_task(yield_often(times)));
  long yields = 0;
  for (const weft::Task<long>& task : tasks) yields += co_await task;
  co_return yields;
}

weft::Coro<void> main_coro(const bench::Arguments& arguments, bench::Measurement& measurement) {
  co_await yield_all(arguments.size / 10);
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long yields = co_await yield_all(arguments.size);
    measurement.stop();
    measurement.check(yields, task_count * arguments.size);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = bench::read_arguments(argc, argv, {.size = 100'000}, 1, 100'000'000);
  bench::Measurement measurement("yield_weft", arguments);
  weft::run(main_coro(arguments, measurement), {.workers = arguments.workers, .order = weft::Order::depth_first});
  return measurement.report();
}
