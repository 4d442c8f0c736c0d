// Comparison: weft::Barrier.
#include "weft/primitives/barrier.h"

#include <vector>

#include "primitives/barrier/problem.h"
#include "primitives/tasks.h"

namespace {

weft::Coro<long> take_part(weft::Barrier& barrier, long rounds) {
  long first = 0;
  for (long i = 0; i < rounds; ++i) {
    const int index = co_await barrier.wait();
    if (index == 0) ++first;
  }
  co_return first;
}

weft::Coro<long> play(long size) {
  weft::Barrier barrier(barrier::parties);
  std::vector<weft::Task<long>> tasks;
  for (int i = 0; i < barrier::parties; ++i) tasks.push_back(weft::create_task(take_part(barrier, size)));
  long rounds = 0;
  for (const weft::Task<long>& task : tasks) rounds += co_await task;
  co_return rounds;
}

}  // namespace

int main(int argc, char** argv) { return bench::run_tasks("barrier_weft", argc, argv, barrier::problem, play); }
