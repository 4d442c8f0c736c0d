// Comparison: std::counting_semaphore.
#include <semaphore>

#include "primitives/threads.h"
#include "primitives/uncontended/problem.h"

namespace {

long play(long size) {
  std::counting_semaphore<> semaphore(1);
  long count = 0;
  for (long i = 0; i < size; ++i) {
    semaphore.acquire();
    uncontended::count_in_memory(count);
    semaphore.release();
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run_threads("uncontended_std_semaphore", argc, argv, uncontended::problem, play);
}
