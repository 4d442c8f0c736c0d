// Comparison: two concurrent_bounded_queue of oneTBB and two threads.
#include <tbb/concurrent_queue.h>

#include "primitives/ping_pong/problem.h"
#include "primitives/threads.h"

namespace {

long play(long size) {
  tbb::concurrent_bounded_queue<long> there;
  tbb::concurrent_bounded_queue<long> back;
  there.set_capacity(ping_pong::capacity);
  back.set_capacity(ping_pong::capacity);
  const std::jthread echo([&there, &back, size] {
    for (long i = 0; i < size; ++i) {
      long value = 0;
      there.pop(value);
      back.push(value);
    }
  });
  long sum = 0;
  for (long i = 0; i < size; ++i) {
    long value = 0;
    there.push(i);
    back.pop(value);
    sum += value;
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) { return bench::run_threads("ping_pong_tbb", argc, argv, ping_pong::problem, play); }
