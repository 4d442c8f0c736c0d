// Comparison: std::condition_variable and two threads.
#include <condition_variable>
#include <mutex>

#include "primitives/condition/problem.h"
#include "primitives/threads.h"

namespace {

long play(long size) {
  std::mutex mutex;
  std::condition_variable condition;
  int turn = 0;
  long moves = 0;
  const auto take_turns = [&](int me) {
    std::unique_lock held(mutex);
    for (long i = 0; i < size; ++i) {
      condition.wait(held, [&turn, me] { return turn == me; });
      ++moves;
      turn = 1 - me;
      condition.notify_one();
    }
  };
  { const auto both = bench::start_threads(2, take_turns); }
  return moves;
}

}  // namespace

int main(int argc, char** argv) { return bench::run_threads("condition_std", argc, argv, condition::problem, play); }
