// Comparison: moodycamel's BlockingConcurrentQueue and 8 threads, each with its token. It has no bound: nobody waits in a put.
#include <concurrentqueue/blockingconcurrentqueue.h>

#include "primitives/mpmc/problem.h"
#include "primitives/threads.h"

namespace {

long play(long size) {
  moodycamel::BlockingConcurrentQueue<long> queue(mpmc::capacity, mpmc::producers, 0);
  mpmc::Sums sums;
  const auto consume = [&queue, &sums, size](int i) {
    moodycamel::ConsumerToken token(queue);
    long sum = 0;
    for (long left = bench::Part(size, mpmc::consumers, i).count(); left != 0; --left) {
      long value = 0;
      queue.wait_dequeue(token, value);
      sum += value;
    }
    sums[i] = sum;
  };
  const auto produce = [&queue, size](int i) {
    const moodycamel::ProducerToken token(queue);
    const bench::Part part(size, mpmc::producers, i);
    for (long value = part.begin; value < part.end; ++value) queue.enqueue(token, value);
  };
  {
    const auto consuming = bench::start_threads(mpmc::consumers, consume);
    const auto producing = bench::start_threads(mpmc::producers, produce);
  }
  return sums.total();
}

}  // namespace

int main(int argc, char** argv) { return bench::run_threads("mpmc_moodycamel", argc, argv, mpmc::problem, play); }
