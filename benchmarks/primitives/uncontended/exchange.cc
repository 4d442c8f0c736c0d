// Comparison: two exchanges, the least that a lock can be made of.
#include <atomic>

#include "primitives/threads.h"
#include "primitives/uncontended/problem.h"

namespace {

long play(long size) {
  std::atomic<bool> taken{false};
  long count = 0;
  for (long i = 0; i < size; ++i) {
    while (taken.exchange(true, std::memory_order_acquire)) continue;
    uncontended::count_in_memory(count);
    taken.exchange(false, std::memory_order_release);
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run_threads("uncontended_exchange", argc, argv, uncontended::problem, play);
}
