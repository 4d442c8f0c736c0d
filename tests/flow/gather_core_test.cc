#include "weft/runtime/flow/gather_core.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class WhenAllDone : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, WhenAllDone, every_setting, setting_name);

Coro<void> end_after(std::chrono::milliseconds delay, bool fails) {
  co_await sleep(delay);
  if (fails) throw ValueError("one of them");
}
Coro<void> wait_for_ends() {
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 10; ++i) tasks.push_back(create_task(end_after(std::chrono::milliseconds(i), i % 3 == 0)));
  const Task<void> victim = create_task(end_after(1h, false));
  tasks.push_back(victim);
  get_running_loop().call_later(20ms, [victim] { victim.cancel(); });
  Runtime& runtime = get_running_loop().runtime();
  const AnyFuture all = when_all_done(runtime, std::vector<AnyFuture>(tasks.begin(), tasks.end()));
  EXPECT_FALSE(all.done());
  const Future<void> told = get_running_loop().create_future<void>();
  all.add_done_callback([told](const AnyFuture&) { told.set_result(); });
  co_await told;
  EXPECT_EQ(get_running_loop().time().time_since_epoch(), 20ms);
  EXPECT_EQ(all.exception(), nullptr);
  for (const auto& task : tasks) EXPECT_TRUE(task.done());
}
TEST_P(WhenAllDone, ends_when_all_have_ended_whatever_they_ended_with) {
  Reports reports;
  const auto main = [&reports]() -> Coro<void> {
    reports.listen_to(get_running_loop());
    co_await wait_for_ends();
  };
  run_here(main());
  EXPECT_EQ(reports.count(), 0u);
}

TEST(GatherState, says_how_many_it_waits_for_and_is_done_at_once_for_none) {
  EventLoop loop(RunOptions{.workers = 1});
  const Future<int> future = loop.create_future<int>();
  const AnyFuture pending = when_all_done(loop.runtime(), {future, future});
  EXPECT_EQ(pending.core().describe_self(), "<gather of 1 pending>");
  const AnyFuture none = when_all_done(loop.runtime(), {});
  EXPECT_TRUE(none.done());
  EXPECT_EQ(none.core().describe_self(), "<gather of 0 finished>");
  EXPECT_FALSE(none.cancel());
  future.set_result(1);
  loop.call_soon([&loop] { loop.stop(); });
  loop.run_forever();
  EXPECT_TRUE(pending.done());
}

TEST(GatherState, cancelled_cancels_what_it_waits_for) {
  EventLoop loop(RunOptions{.workers = 1});
  const Future<int> future = loop.create_future<int>();
  const AnyFuture pending = when_all_done(loop.runtime(), {future});
  EXPECT_TRUE(pending.cancel("all of it"));
  EXPECT_TRUE(future.cancelled());
  EXPECT_FALSE(pending.cancel());
  loop.call_soon([&loop] { loop.stop(); });
  loop.run_forever();
  EXPECT_TRUE(pending.done());
  EXPECT_FALSE(pending.cancelled());  // as in asyncio: the cancellation is its error
  EXPECT_EQ(text_of(pending.exception()), "CancelledError(all of it)");
}

}  // namespace
}  // namespace weft::tests
