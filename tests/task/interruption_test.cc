#include "weft/runtime/task/interruption.h"

#include <gtest/gtest.h>

#include <string>

#include "task/settings.h"
#include "weft/runtime/task/task_cell.h"

namespace weft::tests {
namespace {

class InterruptionTest : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, InterruptionTest, every_setting, setting_name);

TEST(Interruption, is_told_once_and_only_when_it_is_owed) {
  Interruption interruption;
  EXPECT_FALSE(interruption.tell());
  interruption.owe();
  EXPECT_TRUE(interruption.tell());
  EXPECT_FALSE(interruption.tell());
  interruption.owe();
  EXPECT_TRUE(interruption.tell());
}

class Block {
 public:
  Block() : task_(current_cell("a test")) { task_.begin_block(interruption_); }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { end(); }
  void end() {
    if (!std::exchange(ended_, true)) task_.end_block(interruption_);
  }
  void interrupt() { task_.interrupt(interruption_); }

 private:
  TaskCell& task_;
  Interruption interruption_;
  bool ended_ = false;
};

Coro<std::string> one_wait() {
  try {
    co_await sleep(1ms);
  } catch (const CancelledError&) {
    co_return "thrown";
  }
  co_return "slept";
}

Coro<void> while_running() {
  Block block;
  block.interrupt();
  EXPECT_EQ(current_task().cancelling(), 1u);
  EXPECT_EQ(co_await one_wait(), "thrown");
  EXPECT_EQ(co_await one_wait(), "slept");
  EXPECT_EQ(current_task().cancelling(), 1u);
  current_task().uncancel();
}
TEST_P(InterruptionTest, of_a_running_task_is_thrown_once_by_its_next_wait) { run_here(while_running()); }

Coro<void> block_ended() {
  Block block;
  block.interrupt();
  block.end();
  current_task().uncancel();
  EXPECT_EQ(co_await one_wait(), "slept");
}
TEST_P(InterruptionTest, of_a_block_that_has_ended_is_never_thrown) { run_here(block_ended()); }

// CPython's task has one flag for all: in order asyncio the outer request would be the one that is thrown.
Coro<void> foreign_one_was_swallowed() {
  current_task().cancel();
  EXPECT_EQ(co_await one_wait(), "thrown");
  Block block;
  block.interrupt();
  block.end();
  EXPECT_EQ(current_task().uncancel(), 1u);
  EXPECT_EQ(co_await one_wait(), get_running_loop().order() == Order::asyncio ? "thrown" : "slept");
  current_task().uncancel();
}
TEST_P(InterruptionTest, of_a_block_that_has_ended_is_never_thrown_although_another_request_is_counted) {
  run_here(foreign_one_was_swallowed());
}

Coro<void> nested_blocks() {
  Block outer;
  Block inner;
  outer.interrupt();
  inner.interrupt();
  inner.end();
  current_task().uncancel();
  EXPECT_EQ(co_await one_wait(), "thrown") << "the outer block's is left";
  EXPECT_EQ(co_await one_wait(), "slept");
  current_task().uncancel();
}
TEST_P(InterruptionTest, of_an_outer_block_is_thrown_after_the_inner_one_has_ended) { run_here(nested_blocks()); }

Coro<void> both_at_once() {
  Block outer;
  Block inner;
  outer.interrupt();
  inner.interrupt();
  EXPECT_EQ(co_await one_wait(), "thrown");
  EXPECT_EQ(co_await one_wait(), "slept");
  EXPECT_EQ(current_task().cancelling(), 2u);
  current_task().uncancel();
  current_task().uncancel();
}
TEST_P(InterruptionTest, of_two_blocks_is_thrown_as_one) { run_here(both_at_once()); }

Coro<void> while_parked() {
  Block block;
  get_running_loop().call_later(1ms, [&block] { block.interrupt(); });
  bool thrown = false;
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    thrown = true;
  }
  EXPECT_TRUE(thrown);
  EXPECT_EQ(get_running_loop().time().time_since_epoch(), 1ms);
  EXPECT_EQ(co_await one_wait(), "slept");
  current_task().uncancel();
}
TEST_P(InterruptionTest, of_a_parked_task_wakes_it) { run_here(while_parked()); }

Coro<void> awaits_a_task() {
  const auto forever = []() -> Coro<void> { co_await sleep(1h); };
  const Task<void> other = create_task(forever);
  Block block;
  get_running_loop().call_later(1ms, [&block] { block.interrupt(); });
  bool thrown = false;
  try {
    co_await other;
  } catch (const CancelledError&) {
    thrown = true;
  }
  EXPECT_TRUE(thrown);
  EXPECT_TRUE(other.cancelled());
  current_task().uncancel();
}
TEST_P(InterruptionTest, goes_to_what_the_task_waits_for) { run_here(awaits_a_task()); }

}  // namespace
}  // namespace weft::tests
