// Comparison: create_task for each, then co_await each handle.
#include <vector>

#include "tasks/spawn/problem.h"
#include "weft/weft.h"

namespace {

weft::Coro<long> index_of(long i) { co_return i; }

weft::Coro<long> spawn_and_join(long size) {
  std::vector<weft::Task<long>> tasks;
  tasks.reserve(static_cast<std::size_t>(size));
  for (long i = 0; i < size; ++i) tasks.push_back(weft::create_task(index_of(i)));
  long sum = 0;
  for (const weft::Task<long>& task : tasks) sum += co_await task;
  co_return sum;
}

weft::Coro<void> main_coro(const bench::Arguments& arguments, bench::Measurement& measurement) {
  const long warm_up = co_await spawn_and_join(arguments.size);
  measurement.check(warm_up, spawn::expected(arguments.size));
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = co_await spawn_and_join(arguments.size);
    measurement.stop();
    measurement.check(answer, spawn::expected(arguments.size));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = spawn::read_arguments(argc, argv);
  bench::Measurement measurement("spawn_weft", arguments);
  weft::run(main_coro(arguments, measurement), {.workers = arguments.workers, .order = weft::Order::depth_first});
  return measurement.report();
}
