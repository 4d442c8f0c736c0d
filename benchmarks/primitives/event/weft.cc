// event: `size` tasks wait for one event; from the moment in which it is set until the last of them runs.
// Comparison: weft::Event::set().
#include <atomic>
#include <vector>

#include "measure.h"
#include "weft/primitives/event.h"
#include "weft/weft.h"

namespace {

struct Stage {
  weft::Event event;
  std::atomic<long> waiting{0};
  std::atomic<long> left{0};
};

weft::Coro<long> wait_for_event(Stage& stage, bench::Measurement& measurement) {
  stage.waiting.fetch_add(1, std::memory_order_relaxed);
  co_await stage.event.wait();
  if (stage.left.fetch_sub(1, std::memory_order_acq_rel) == 1) measurement.stop();
  co_return 1;
}

weft::Coro<void> broadcast(long size, bench::Measurement& measurement) {
  Stage stage;
  stage.left.store(size, std::memory_order_relaxed);
  std::vector<weft::Task<long>> tasks;
  tasks.reserve(static_cast<std::size_t>(size));
  for (long i = 0; i < size; ++i) tasks.push_back(weft::create_task(wait_for_event(stage, measurement)));
  // A task that has counted itself may not be in the line yet; the pause lets the last of them get there.
  while (stage.waiting.load(std::memory_order_relaxed) < size) co_await weft::sleep(std::chrono::milliseconds(1));
  co_await weft::sleep(std::chrono::milliseconds(5));
  measurement.start();
  stage.event.set();
  long woken = 0;
  for (const weft::Task<long>& task : tasks) woken += co_await task;
  measurement.check(woken, size);
}

weft::Coro<void> main_coro(const bench::Arguments& arguments, bench::Measurement& measurement) {
  for (int i = 0; i < arguments.repetitions; ++i) co_await broadcast(arguments.size, measurement);
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments =
      bench::read_arguments(argc, argv, {.size = 10'000, .repetitions = 101}, 1, 10'000'000);
  bench::Measurement measurement("event_weft", arguments);
  weft::run(main_coro(arguments, measurement), {.workers = arguments.workers, .order = weft::Order::depth_first});
  return measurement.report();
}
