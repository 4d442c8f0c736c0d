#include "weft/runtime/task/left_behind.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class LeftBehind : public EverySetting {
 protected:
  template <class Main>
  std::vector<std::string> reports_of(Main main, bool debug = true) {
    Reports reports;
    RunOptions with_debug = options();
    with_debug.debug = debug;
    EventLoop loop(with_debug);
    reports.listen_to(loop);
    loop.run_until_complete(main());
    std::vector<std::string> texts;
    for (const ExceptionContext& context : reports.all()) {
      if (context.message.find("outlives") != std::string::npos) texts.push_back(context.message);
    }
    return texts;
  }
};
INSTANTIATE_TEST_SUITE_P(workers, LeftBehind, every_setting, setting_name);

Coro<void> fails() {
  co_await sleep(1ms);
  throw ValueError("first");
}
Coro<void> runs_on() { co_await sleep(1s); }
Coro<void> gathers_and_leaves() { co_await gather(fails(), runs_on(), runs_on()); }
template <class Main>
Coro<void> swallow(Main main) {
  try {
    co_await main();
  } catch (const ValueError&) {
  }
  co_await sleep(2s);
}

TEST_P(LeftBehind, tasks_of_a_failed_gather_are_reported_when_the_gathering_coroutine_ends_first) {
  const std::vector<std::string> texts = reports_of([] { return swallow(gathers_and_leaves); });
  ASSERT_EQ(texts.size(), 2u);
  for (const std::string& text : texts) {
    EXPECT_TRUE(text.starts_with("<Task 'Task-")) << text;
    EXPECT_NE(text.find("> outlives the coroutine that gathered it, "), std::string::npos) << text;
    EXPECT_NE(text.find("gathers_and_leaves() at "), std::string::npos) << text;
    EXPECT_NE(text.find("left_behind_test.cc:"), std::string::npos) << text;
    EXPECT_TRUE(text.ends_with("so they must own what they use; fork_join waits for all of them")) << text;
  }
}

TEST_P(LeftBehind, nothing_is_reported_without_debug_mode) {
  EXPECT_TRUE(reports_of([] { return swallow(gathers_and_leaves); }, false).empty());
}

Coro<void> gathers_and_stays() {
  try {
    co_await gather(fails(), runs_on());
  } catch (const ValueError&) {
  }
  co_await sleep(2s);
}
TEST_P(LeftBehind, nothing_is_reported_when_the_children_end_first) {
  EXPECT_TRUE(reports_of([] { return swallow(gathers_and_stays); }).empty());
}

Coro<void> within_a_timeout() {
  const auto block = []() -> Coro<void> { co_await gather(fails(), runs_on()); };
  try {
    co_await with_timeout(10s, block);
  } catch (const ValueError&) {
  }
  co_await sleep(0s);
}
TEST_P(LeftBehind, a_gather_inside_a_block_belongs_to_the_users_coroutine_that_awaits_it) {
  const std::vector<std::string> texts = reports_of([] { return swallow(within_a_timeout); });
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_NE(texts[0].find("left_behind_test.cc:"), std::string::npos) << texts[0];
}

Coro<void> given_from_outside(Task<void> other) { co_await gather(fails(), other); }
TEST_P(LeftBehind, a_task_that_the_gather_was_given_is_none_of_its_business) {
  const auto main = []() -> Coro<void> {
    const Task<void> other = create_task(runs_on());
    const auto gathers = [other] { return given_from_outside(other); };
    co_await swallow(gathers);
  };
  EXPECT_TRUE(reports_of(main).empty());
}

Coro<void> waits_for_all() { co_await fork_join(fails(), runs_on()); }
TEST_P(LeftBehind, fork_join_leaves_nothing_behind) {
  EXPECT_TRUE(reports_of([] { return swallow(waits_for_all); }).empty());
}

}  // namespace
}  // namespace weft::tests
