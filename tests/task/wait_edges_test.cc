#include "weft/runtime/task/wait_edges.h"

#include <gtest/gtest.h>

#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

Coro<void> keeps(Lock& lock, Event& end) {
  const auto held = co_await lock.scoped();
  co_await end.wait();
}

Coro<void> edges() {
  Lock lock, other;
  Event end;
  const Task<void> holder = create_task(keeps(lock, end));
  const Task<void> alone = create_task(keeps(other, end));
  const std::vector<Task<void>> waiting = {create_task(keeps(lock, end)), create_task(keeps(lock, end))};
  co_await sleep(1ms);
  const WaitEdges found(*holder.cell().runtime());
  EXPECT_EQ(found.waiting_for(holder.cell()), std::vector<AnyTask>(waiting.begin(), waiting.end()));
  EXPECT_EQ(found.waiting_for(alone.cell()), std::vector<AnyTask>());
  EXPECT_TRUE(found.task_of(Identity(&holder.cell())) == holder);
  EXPECT_FALSE(found.task_of(Identity(&alone.cell()))) << "nobody waits for it";
  EXPECT_FALSE(found.task_of(Identity()));
  EXPECT_TRUE(WaitEdges().waiting_for(holder.cell()).empty());
  EXPECT_TRUE(find_pending_task(Identity(&alone.cell())) == alone);
  end.set();
  co_await wait(waiting);
  EXPECT_FALSE(find_pending_task(Identity(&holder.cell()))) << "it has ended";
}
TEST(WaitEdges, lead_from_a_holder_to_those_that_wait_in_the_order_of_their_creation) { run_in_order(edges()); }

}  // namespace
}  // namespace weft::tests
