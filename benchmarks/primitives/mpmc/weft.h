#pragma once
// weft: the workload around a put and a get of either kind; producers and consumers are tasks, and join() waits until all is done.

#include <vector>

#include "primitives/mpmc/problem.h"
#include "primitives/tasks.h"
#include "weft/primitives/queue.h"

namespace mpmc {

// Produce: weft::Coro<void>(Queue&, Part). Consume: weft::Coro<long>(Queue&, count), the sum.
template <class Produce, class Consume>
weft::Coro<long> play(long size, Produce produce, Consume consume) {
  weft::Queue<long> queue(capacity);
  std::vector<weft::Task<long>> consuming;
  std::vector<weft::Task<void>> producing;
  for (int i = 0; i < consumers; ++i) {
    consuming.push_back(weft::create_task(consume(queue, bench::Part(size, consumers, i).count())));
  }
  for (int i = 0; i < producers; ++i) {
    producing.push_back(weft::create_task(produce(queue, bench::Part(size, producers, i))));
  }
  for (const weft::Task<void>& task : producing) co_await task;
  co_await queue.join();
  long sum = 0;
  for (const weft::Task<long>& task : consuming) sum += co_await task;
  co_return sum;
}

}  // namespace mpmc
