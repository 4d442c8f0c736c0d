// A cancel that goes down a chain of tasks, each of which waits for the next, alone or through a gather.
#include <utility>
#include <vector>

#include "task/stack/stack_use.h"
#include "weft/weft.h"

namespace weft::tests {
namespace {

constexpr long kDepth = 200'000 / kScale;

struct Ends {
  StackUse use;
  std::atomic<long> cancelled{0};
};

Coro<void> bottom(Future<void> never, Ends& ends) {
  try {
    co_await never;
  } catch (const CancelledError&) {
    ends.use.note();
    ++ends.cancelled;
    throw;
  }
}
Coro<void> wait_for_one(Task<void> below, Ends& ends) {
  try {
    co_await below;
  } catch (const CancelledError&) {
    ends.use.note();
    ++ends.cancelled;
    throw;
  }
}
Coro<void> wait_for_several(Task<void> below, Ends& ends) {
  try {
    co_await gather(std::vector<Task<void>>(1, below));
  } catch (const CancelledError&) {
    ends.use.note();
    ++ends.cancelled;
    throw;
  }
}

Coro<void> cancel_chain(Ends& ends) {
  ends.use.note();
  Task<void> top = create_task(bottom(get_running_loop().create_future<void>(), ends));
  for (long depth = 1; depth < kDepth; ++depth)
    top = create_task(depth % 4 == 0 ? wait_for_several(std::move(top), ends) : wait_for_one(std::move(top), ends));
  co_await sleep(1.0);
  top.cancel();
  try {
    co_await std::move(top);
  } catch (const CancelledError&) {
    ++ends.cancelled;
  }
}

int check(Order order) {
  VirtualClock clock;
  Ends ends;
  run(cancel_chain(ends), {.workers = 1, .order = order, .clock = &clock});
  if (ends.cancelled != kDepth + 1) {
    std::fprintf(stderr, "%ld tasks of a chain were cancelled instead of %ld\n", ends.cancelled.load(), kDepth + 1);
    return 1;
  }
  return ends.use.verdict("the cancel of a chain of tasks");
}

}  // namespace
}  // namespace weft::tests

int main() { return weft::tests::check(weft::Order::asyncio) + weft::tests::check(weft::Order::depth_first); }
