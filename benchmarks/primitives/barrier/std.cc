// Comparison: std::barrier and 8 threads; its completion function counts the rounds.
#include <barrier>

#include "primitives/barrier/problem.h"
#include "primitives/threads.h"

namespace {

long play(long size) {
  long rounds = 0;
  std::barrier all(barrier::parties, [&rounds]() noexcept { ++rounds; });
  const auto take_part = [&all, size](int) {
    for (long i = 0; i < size; ++i) all.arrive_and_wait();
  };
  { const auto threads = bench::start_threads(barrier::parties, take_part); }
  return rounds;
}

}  // namespace

int main(int argc, char** argv) { return bench::run_threads("barrier_std", argc, argv, barrier::problem, play); }
