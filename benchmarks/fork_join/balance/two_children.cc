// two_children: one join of two equal children that compute for long and never suspend; on two workers it should
// take half the time that it takes on one.
#include <cstdint>

#include "measure.h"
#include "weft/weft.h"

namespace {

// A chain of dependent steps: no compiler shortens it, no vector unit takes part of it.
std::uint64_t scramble(std::uint64_t state, long steps) {
  for (long i = 0; i < steps; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
  }
  return state;
}

weft::Coro<std::uint64_t> child(std::uint64_t seed, long steps) { co_return scramble(seed, steps); }

weft::Coro<long> both(long steps) {
  auto results = co_await weft::fork_join(child(1, steps), child(2, steps));
  auto& [x, y] = results;
  co_return static_cast<long>((x ^ y) >> 1);
}

weft::Coro<void> main_coro(const bench::Arguments& arguments, bench::Measurement& measurement) {
  const long steps = arguments.size * 1'000'000;
  const long expected = static_cast<long>((scramble(1, steps) ^ scramble(2, steps)) >> 1);
  co_await both(steps / 10);
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = co_await both(steps);
    measurement.stop();
    measurement.check(answer, expected);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = bench::read_arguments(argc, argv, {.size = 150}, 1, 100'000);
  bench::Measurement measurement("two_children", arguments);
  weft::run(main_coro(arguments, measurement), {.workers = arguments.workers, .order = weft::Order::depth_first});
  return measurement.report();
}
