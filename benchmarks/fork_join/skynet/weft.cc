// Comparison: weft's fork_join, as a user writes it.
#include <tuple>

#include "fork_join/skynet/problem.h"
#include "weft/weft.h"

namespace {

weft::Coro<long> sum_of(long first, long leaves) {
  if (leaves == 1) co_return first;
  const long step = leaves / skynet::children;
  const auto sums = co_await weft::fork_join(
      sum_of(first, step), sum_of(first + step, step), sum_of(first + 2 * step, step), sum_of(first + 3 * step, step),
      sum_of(first + 4 * step, step), sum_of(first + 5 * step, step), sum_of(first + 6 * step, step),
      sum_of(first + 7 * step, step), sum_of(first + 8 * step, step), sum_of(first + 9 * step, step));
  co_return std::apply([](auto... sum) { return (sum + ...); }, sums);
}

weft::Coro<void> main_coro(const bench::Arguments& arguments, bench::Measurement& measurement) {
  const long size = skynet::warm_up_size(arguments.size);
  const long warm_up = co_await sum_of(0, skynet::leaves(size));
  measurement.check(warm_up, skynet::expected(size));
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = co_await sum_of(0, skynet::leaves(arguments.size));
    measurement.stop();
    measurement.check(answer, skynet::expected(arguments.size));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = skynet::read_arguments(argc, argv);
  bench::Measurement measurement("skynet_weft", arguments);
  weft::run(main_coro(arguments, measurement), {.workers = arguments.workers, .order = weft::Order::depth_first});
  return measurement.report();
}
