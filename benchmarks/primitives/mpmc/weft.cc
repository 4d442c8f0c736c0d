// Comparison: weft::Queue<long>, one number at a time.
#include "primitives/mpmc/weft.h"

namespace {

weft::Coro<void> produce(weft::Queue<long>& queue, bench::Part part) {
  for (long i = part.begin; i < part.end; ++i) co_await queue.put(i);
}

weft::Coro<long> consume(weft::Queue<long>& queue, long count) {
  long sum = 0;
  for (long i = 0; i < count; ++i) {
    sum += co_await queue.get();
    queue.task_done();
  }
  co_return sum;
}

weft::Coro<long> play(long size) { return mpmc::play(size, produce, consume); }

}  // namespace

int main(int argc, char** argv) { return bench::run_tasks("mpmc_weft", argc, argv, mpmc::problem, play); }
