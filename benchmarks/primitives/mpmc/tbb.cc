// Comparison: concurrent_bounded_queue of oneTBB and 8 threads.
#include <tbb/concurrent_queue.h>

#include "primitives/mpmc/problem.h"
#include "primitives/threads.h"

namespace {

long play(long size) {
  tbb::concurrent_bounded_queue<long> queue;
  queue.set_capacity(mpmc::capacity);
  mpmc::Sums sums;
  const auto consume = [&queue, &sums, size](int i) {
    long sum = 0;
    for (long left = bench::Part(size, mpmc::consumers, i).count(); left != 0; --left) {
      long value = 0;
      queue.pop(value);
      sum += value;
    }
    sums[i] = sum;
  };
  const auto produce = [&queue, size](int i) {
    const bench::Part part(size, mpmc::producers, i);
    for (long value = part.begin; value < part.end; ++value) queue.push(value);
  };
  {
    const auto consuming = bench::start_threads(mpmc::consumers, consume);
    const auto producing = bench::start_threads(mpmc::producers, produce);
  }
  return sums.total();
}

}  // namespace

int main(int argc, char** argv) { return bench::run_threads("mpmc_tbb", argc, argv, mpmc::problem, play); }
