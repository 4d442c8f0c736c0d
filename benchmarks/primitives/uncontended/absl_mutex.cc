// Comparison: absl::Mutex.
#include <absl/synchronization/mutex.h>

#include "primitives/threads.h"
#include "primitives/uncontended/problem.h"

namespace {

long play(long size) {
  absl::Mutex mutex;
  long count = 0;
  for (long i = 0; i < size; ++i) {
    mutex.Lock();
    uncontended::count_in_memory(count);
    mutex.Unlock();
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run_threads("uncontended_absl_mutex", argc, argv, uncontended::problem, play);
}
