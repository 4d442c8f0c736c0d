// Comparison: weft::Queue<long>, as many as a batch has at a time.
#include <algorithm>

#include "primitives/mpmc/weft.h"

namespace {

weft::Coro<void> produce(weft::Queue<long>& queue, bench::Part part) {
  std::vector<long> items;
  for (long begin = part.begin; begin < part.end; begin += mpmc::batch) {
    items.resize(static_cast<std::size_t>(std::min(mpmc::batch, part.end - begin)));
    std::iota(items.begin(), items.end(), begin);
    co_await queue.put_many(items);
  }
}

weft::Coro<long> consume(weft::Queue<long>& queue, long count) {
  long sum = 0;
  while (count != 0) {
    const std::vector<long> items = co_await queue.get_many(static_cast<std::size_t>(std::min(mpmc::batch, count)));
    sum += std::accumulate(items.begin(), items.end(), 0L);
    queue.task_done(items.size());
    count -= static_cast<long>(items.size());
  }
  co_return sum;
}

weft::Coro<long> play(long size) { return mpmc::play(size, produce, consume); }

}  // namespace

int main(int argc, char** argv) { return bench::run_tasks("mpmc_weft_many", argc, argv, mpmc::problem, play); }
