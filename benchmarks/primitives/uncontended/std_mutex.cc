// Comparison: std::mutex.
#include <mutex>

#include "primitives/threads.h"
#include "primitives/uncontended/problem.h"

namespace {

long play(long size) {
  std::mutex mutex;
  long count = 0;
  for (long i = 0; i < size; ++i) {
    mutex.lock();
    uncontended::count_in_memory(count);
    mutex.unlock();
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run_threads("uncontended_std_mutex", argc, argv, uncontended::problem, play);
}
