// Comparison: weft::Lock.
#include "primitives/tasks.h"
#include "primitives/uncontended/problem.h"
#include "weft/primitives/lock.h"

namespace {

weft::Coro<long> play(long size) {
  weft::Lock lock;
  long count = 0;
  for (long i = 0; i < size; ++i) {
    co_await lock.acquire();
    uncontended::count_in_memory(count);
    lock.release();
  }
  co_return count;
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run_tasks("uncontended_weft_lock", argc, argv, uncontended::problem, play);
}
