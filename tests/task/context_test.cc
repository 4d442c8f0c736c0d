#include "weft/runtime/task/context.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

const ContextVar<std::string> user("user", "nobody");
const ContextVar<int> depth("depth", 0);

// --- by itself ---------------------------------------------------------------------------------------------------------

TEST(Context, a_new_one_is_empty) {
  const Context context;
  EXPECT_EQ(context.size(), 0u);
  EXPECT_FALSE(context.contains(user));
  EXPECT_TRUE(context.variables().empty());
  EXPECT_EQ(context.run([] { return user.get(); }), "nobody");
}

TEST(Context, what_run_sets_stays_in_it) {
  const Context context;
  context.run([](const std::string& name) { user.set(name); }, "ada");
  EXPECT_EQ(user.get(), "nobody");
  EXPECT_EQ(context[user], "ada");
  EXPECT_EQ(context.get(user, "x"), "ada");
  EXPECT_EQ(context.get(depth, 5), 5);
  EXPECT_EQ(context.size(), 1u);
  ASSERT_EQ(context.variables().size(), 1u);
  EXPECT_TRUE(context.variables()[0] == user);
  EXPECT_EQ(context.run([] { return user.get(); }), "ada");
}

TEST(Context, a_lookup_ignores_the_default_of_the_variable) {
  EXPECT_THROW(static_cast<void>(Context()[user]), LookupError);
}

TEST(Context, a_copy_goes_its_own_way) {
  const Context context;
  context.run([] { user.set("ada"); });
  const Context copy = context.copy();
  copy.run([] { user.set("bob"); });
  context.run([] { depth.set(1); });
  EXPECT_EQ(context[user], "ada");
  EXPECT_EQ(copy[user], "bob");
  EXPECT_FALSE(copy.contains(depth));
  EXPECT_FALSE(copy == context);
}

TEST(Context, copies_of_a_handle_name_one_context) {
  const Context context;
  const Context handle = context;  // NOLINT(performance-unnecessary-copy-initialization)
  handle.run([] { user.set("ada"); });
  EXPECT_EQ(context[user], "ada");
  EXPECT_TRUE(handle == context);
}

TEST(Context, copy_context_keeps_what_there_is_now) {
  const Context outer;
  outer.run([] {
    user.set("ada");
    const Context before = copy_context();
    user.set("bob");
    EXPECT_EQ(before[user], "ada");
    EXPECT_EQ(Context::current()[user], "bob");
  });
}

TEST(Context, an_entered_one_cannot_be_entered_again) {
  const Context context;
  const Context between;
  context.run([&] {
    EXPECT_THROW(context.run([] {}), RuntimeError);
    EXPECT_THROW(Context::current().run([] {}), RuntimeError);
    between.run([&] { EXPECT_THROW(context.run([] {}), RuntimeError); });
  });
  context.run([] {});
}

TEST(Context, an_entered_one_cannot_be_entered_by_another_thread) {
  const Context context;
  context.run([&] { std::thread([&] { EXPECT_THROW(context.run([] {}), RuntimeError); }).join(); });
  std::thread([&] { context.run([] { user.set("ada"); }); }).join();
  EXPECT_EQ(context[user], "ada");
}

TEST(Context, an_exception_leaves_it) {
  const Context context;
  EXPECT_THROW(context.run([] {
    user.set("ada");
    throw ValueError("out");
  }),
               ValueError);
  EXPECT_EQ(user.get(), "nobody");
  context.run([] { EXPECT_EQ(user.get(), "ada"); });
}

// --- of tasks ----------------------------------------------------------------------------------------------------------

class ContextEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, ContextEverywhere, every_setting, setting_name);

Coro<std::string> set_after(std::string name, std::chrono::milliseconds delay) {
  const std::string found = user.get();
  co_await sleep(delay);
  EXPECT_EQ(user.get(), found);
  user.set(name);
  co_await sleep(delay);
  EXPECT_EQ(user.get(), name);
  co_return found;
}

Coro<void> tasks_copy() {
  user.set("main");
  const Task<std::string> one = create_task(set_after("one", 1ms));
  user.set("later");
  const Task<std::string> two = create_task(set_after("two", 1ms));
  EXPECT_EQ(co_await one, "main");
  EXPECT_EQ(co_await two, "later");
  EXPECT_EQ(user.get(), "later");
  EXPECT_EQ(one.get_context()[user], "one");
}
TEST_P(ContextEverywhere, a_task_copies_its_creators_context_when_it_is_created) {
  run_here(tasks_copy());
  EXPECT_EQ(user.get(), "nobody");
}

Coro<void> set_inline(std::string name) {
  co_await sleep(1ms);
  user.set(name);
}
Coro<void> inline_shares() {
  co_await set_inline("inline");
  EXPECT_EQ(user.get(), "inline");
}
TEST_P(ContextEverywhere, a_coroutine_that_is_awaited_shares_its_tasks_context) { run_here(inline_shares()); }

Coro<void> given() {
  const Context context;
  co_await create_task(set_inline("first"), {.context = &context});
  EXPECT_EQ(context[user], "first");
  EXPECT_EQ(user.get(), "nobody");
  const Task<std::string> second = create_task(set_after("second", 1ms), {.context = &context});
  EXPECT_TRUE(second.get_context() == context);
  EXPECT_EQ(co_await second, "first");
  EXPECT_EQ(context[user], "second");
}
TEST_P(ContextEverywhere, a_task_runs_in_the_context_that_it_is_given) { run_here(given()); }

Coro<void> own_context() {
  const AnyTask self = current_task();
  EXPECT_TRUE(self.get_context() == Context::current());
  EXPECT_THROW(self.get_context().run([] {}), RuntimeError);
  user.set("ada");
  EXPECT_EQ(self.get_context()[user], "ada");
  copy_context().run([] { user.set("bob"); });
  EXPECT_EQ(user.get(), "ada");
  auto token = user.set("eve");
  co_await sleep(1ms);
  user.reset(token);
  EXPECT_EQ(user.get(), "ada");
}
TEST_P(ContextEverywhere, a_running_task_is_in_its_context) { run_here(own_context()); }

Coro<void> created_inside_run() {
  const Context context;
  const Task<std::string> task = context.run([] {
    user.set("ada");
    return create_task(set_after("bob", 1ms));
  });
  EXPECT_EQ(co_await task, "ada");
  EXPECT_EQ(context[user], "ada");
}
TEST_P(ContextEverywhere, a_task_created_inside_run_copies_the_context_of_the_run) { run_here(created_inside_run()); }

Coro<int> move_about(int number) {
  depth.set(number);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(depth.get(), number);
    if (i % 3 == 0) co_await sleep(1ms);
    if (i % 3 != 0) co_await sleep(0s);
    depth.set(depth.get());
  }
  co_return depth.get();
}
Coro<void> many_tasks() {
  std::vector<Coro<int>> coros;
  for (int i = 0; i < 200; ++i) coros.push_back(move_about(i));
  const std::vector<int> found = co_await gather(std::move(coros));
  for (int i = 0; i < 200; ++i) EXPECT_EQ(found[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(depth.get(), 0);
}
TEST_P(ContextEverywhere, it_follows_its_task_between_workers) { run_here(many_tasks()); }

// Adds up along the way down; each child sees its parent's value, and neither parent nor sibling the child's.
Coro<int> descend(int level, bool sets, bool suspends) {
  const int above = depth.get();
  if (suspends) co_await sleep(1ms);
  if (sets) depth.set(above + 1);
  if (level == 0) co_return depth.get();
  const auto both = co_await fork_join(descend(level - 1, sets, suspends), descend(level - 1, sets, suspends));
  EXPECT_EQ(std::get<0>(both), std::get<1>(both));
  EXPECT_EQ(depth.get(), above + (sets ? 1 : 0));
  co_return std::get<0>(both);
}
Coro<void> forks() {
  EXPECT_EQ(co_await descend(7, true, false), 8);
  EXPECT_EQ(depth.get(), 1) << "it was awaited inline";
  depth.set(100);
  EXPECT_EQ(co_await descend(7, false, false), 100);
  EXPECT_EQ(co_await descend(5, false, true), 100);
  EXPECT_EQ(co_await descend(5, true, true), 106);
}
TEST_P(ContextEverywhere, children_of_a_join_copy_their_parents_context) { run_here(forks()); }

Coro<int> set_in_some(int number) {
  if (number % 3 == 0) depth.set(number);
  if (number % 5 == 0) co_await sleep(1ms);
  co_return depth.get();
}
Coro<void> siblings() {
  depth.set(-1);
  std::vector<Coro<int>> children;
  for (int i = 0; i < 300; ++i) children.push_back(set_in_some(i));
  std::vector<int> found = co_await fork_join(std::move(children));
  for (int i = 0; i < 300; ++i) EXPECT_EQ(found[static_cast<std::size_t>(i)], i % 3 == 0 ? i : -1);
  EXPECT_EQ(depth.get(), -1);
}
TEST_P(ContextEverywhere, children_of_a_join_do_not_see_their_siblings_changes) { run_here(siblings()); }

Coro<std::string> create_from_child() { co_return co_await create_task(set_after("grandchild", 1ms)); }
Coro<void> grandchildren() {
  user.set("main");
  const auto both = co_await fork_join(create_from_child(), create_from_child());
  EXPECT_EQ(std::get<0>(both), "main");
  EXPECT_EQ(std::get<1>(both), "main");
}
TEST_P(ContextEverywhere, a_task_created_by_a_child_of_a_join_inherits_from_above) { run_here(grandchildren()); }

bool has_cell() { return Identity(this_worker()->current()).is_cell(); }
Coro<void> look_and_change() {
  EXPECT_EQ(user.get(), "main");
  EXPECT_EQ(copy_context()[user], "main");
  EXPECT_FALSE(has_cell()) << "looking at a variable makes no task of a child";
  auto token = user.set("child");
  EXPECT_TRUE(has_cell());
  EXPECT_EQ(user.get(), "child");
  user.reset(token);
  EXPECT_EQ(user.get(), "main");
  co_return;
}
Coro<void> lazily() {
  user.set("main");
  co_await fork_join(look_and_change(), look_and_change());
}
TEST(Context, a_child_of_a_join_gets_its_own_when_it_changes_something) {
  run(lazily(), {.workers = 1, .order = Order::depth_first});
}

Coro<std::string> change_from_child(const Context& parents) {
  parents.run([] { user.set("changed"); });
  co_return user.get();
}
Coro<std::string> only_look() { co_return user.get(); }
Coro<std::tuple<std::string, std::string>> change_while_they_wait(const Context& mine) {
  user.set("main");
  co_return co_await fork_join(change_from_child(mine), only_look());
}
std::tuple<std::string, std::string> found_by_children(Order order) {
  Runner runner({.workers = 1, .order = order});
  const Context shared;
  return runner.run(change_while_they_wait(shared), &shared);
}
TEST(Context, a_child_of_a_join_that_has_changed_nothing_sees_its_parents_shared_context_change) {
  EXPECT_EQ(std::get<1>(found_by_children(Order::asyncio)), "main");
  EXPECT_EQ(std::get<1>(found_by_children(Order::depth_first)), "changed") << "docs/guarantees.md, section 4";
}

Coro<void> be_entered_meanwhile() {
  const Context mine = Context::current();
  EXPECT_THROW(mine.run([] {}), RuntimeError);
  std::thread([&mine] { mine.run([] { user.set("thread"); }); }).join();
  EXPECT_EQ(user.get(), "thread");
  co_return;
}
TEST_P(ContextEverywhere, a_step_of_a_task_does_not_keep_other_threads_out) { run_here(be_entered_meanwhile()); }

TEST(Context, costs_a_task_that_uses_none_nothing) { EXPECT_EQ(sizeof(TypedTaskCell<long>), 80u); }

Coro<void> in_parallel(int number) {
  const ContextVar<int> mine("mine", 0);
  for (int i = 0; i < 20; ++i) {
    mine.set(number + i);
    EXPECT_EQ(mine.get(), number + i);
    co_await sleep(0s);
  }
}
Coro<void> shared_by_many() {
  const Context context;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 20; ++i) tasks.push_back(create_task(in_parallel(i), {.context = &context}));
  for (const Task<void>& task : tasks) co_await task;
  EXPECT_EQ(context.size(), 20u);
}
TEST_P(ContextEverywhere, tasks_that_share_one_lose_no_change) { run_here(shared_by_many()); }

}  // namespace
}  // namespace weft::tests
