// Comparison: weft::Semaphore.
#include "primitives/tasks.h"
#include "primitives/uncontended/problem.h"
#include "weft/primitives/semaphore.h"

namespace {

weft::Coro<long> play(long size) {
  weft::Semaphore semaphore;
  long count = 0;
  for (long i = 0; i < size; ++i) {
    co_await semaphore.acquire();
    uncontended::count_in_memory(count);
    semaphore.release();
  }
  co_return count;
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run_tasks("uncontended_weft_semaphore", argc, argv, uncontended::problem, play);
}
