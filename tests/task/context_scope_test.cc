// Which context is current in callbacks, in loops inside of loops, and in the handlers of the loop.
#include "weft/runtime/task/context_scope.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

const ContextVar<std::string> user("user", "nobody");

class ContextScopeEverywhere : public EverySetting {
 protected:
  // What callbacks found, in alphabetical order.
  std::vector<std::string> sorted() {
    std::sort(found_.begin(), found_.end());
    return found_;
  }
  auto note() {
    return [this](const auto&...) { add(user.get()); };
  }
  void add(std::string text) {
    const std::lock_guard lock(mutex_);
    found_.push_back(std::move(text));
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> found_;
};
INSTANTIATE_TEST_SUITE_P(workers, ContextScopeEverywhere, every_setting, setting_name);

using Found = std::vector<std::string>;

template <class Note>
Coro<void> schedule(Note note) {
  EventLoop& loop = get_running_loop();
  user.set("soon");
  loop.call_soon(note);
  user.set("threadsafe");
  loop.call_soon_threadsafe(note);
  user.set("later");
  loop.call_later(1ms, note);
  user.set("at");
  loop.call_at(loop.time() + 1ms, note);
  user.set("main");
  co_await sleep(5ms);
}
TEST_P(ContextScopeEverywhere, callbacks_run_in_a_copy_of_the_context_that_scheduled_them) {
  run_here(schedule(note()));
  EXPECT_EQ(sorted(), (Found{"at", "later", "soon", "threadsafe"}));
}

template <class Note>
Coro<void> schedule_in(Note note) {
  EventLoop& loop = get_running_loop();
  const Context context;
  context.run([] { user.set("given"); });
  loop.call_soon(context, note);
  loop.call_soon_threadsafe(context, note);
  loop.call_later(1ms, context, note);
  loop.call_at(loop.time() + 1ms, context, note);
  Future<void> future = loop.create_future();
  future.add_done_callback(note, context);
  future.set_result();
  co_await sleep(5ms);
  loop.call_soon(context, [] { user.set("changed"); });
  co_await sleep(5ms);
  EXPECT_EQ(context[user], "changed");
  EXPECT_EQ(user.get(), "nobody");
}
TEST_P(ContextScopeEverywhere, callbacks_run_in_the_context_that_they_are_given) {
  run_here(schedule_in(note()));
  EXPECT_EQ(sorted(), Found(5, "given"));
}

template <class Note>
Coro<void> done_callbacks(Note note) {
  Future<void> future = get_running_loop().create_future();
  user.set("registered");
  future.add_done_callback(note);
  user.set("set");
  future.set_result();
  user.set("afterwards");
  future.add_done_callback(note);
  co_await sleep(1ms);
}
TEST_P(ContextScopeEverywhere, done_callbacks_run_in_a_copy_of_the_context_that_registered_them) {
  run_here(done_callbacks(note()));
  EXPECT_EQ(sorted(), (Found{"afterwards", "registered"}));
}

Coro<void> callbacks_apart() {
  EventLoop& loop = get_running_loop();
  for (int i = 0; i < 10; ++i) {
    loop.call_soon([] {
      EXPECT_EQ(user.get(), "nobody");
      user.set("callback");
      EXPECT_EQ(user.get(), "callback");
      create_task([]() -> Coro<void> {
        EXPECT_EQ(user.get(), "callback");
        co_return;
      });
    });
  }
  co_await sleep(1ms);
  EXPECT_EQ(user.get(), "nobody");
}
TEST_P(ContextScopeEverywhere, a_callback_does_not_see_what_others_set) { run_here(callbacks_apart()); }

template <class Add>
Coro<void> failing(Add add) {
  EventLoop& loop = get_running_loop();
  loop.set_exception_handler([add](const ExceptionContext&) { add(user.get()); });
  loop.call_soon([] {
    user.set("callback");
    throw ValueError("callback");
  });
  Future<void> future = loop.create_future();
  future.add_done_callback([](const AnyFuture&) {
    user.set("done callback");
    throw ValueError("done callback");
  });
  future.set_result();
  create_task([]() -> Coro<void> {
    user.set("task");
    throw ValueError("task");
    co_return;
  });
  user.set("main");
  co_await sleep(1ms);
}
TEST_P(ContextScopeEverywhere, the_exception_handler_runs_in_the_context_of_what_failed) {
  run_here(failing([this](std::string text) { add(std::move(text)); }));
  EXPECT_EQ(sorted(), (Found{"callback", "done callback", "task"}));
}

Coro<void> fail_at_the_end() {
  user.set("left over");
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
  }
  throw ValueError("at the end");
}
template <class Add>
Coro<void> leave_one(Add add) {
  get_running_loop().set_exception_handler([add](const ExceptionContext&) { add(user.get()); });
  create_task(fail_at_the_end());
  co_await sleep(1ms);
}
TEST_P(ContextScopeEverywhere, what_fails_during_the_shutdown_is_reported_in_its_context) {
  run_here(leave_one([this](std::string text) { add(std::move(text)); }));
  EXPECT_EQ(sorted(), (Found{"left over"}));
}

Coro<std::string> get_and_set(std::string name) {
  std::string found = user.get();
  user.set(std::move(name));
  co_return found;
}
TEST_P(ContextScopeEverywhere, a_loop_inside_run_copies_the_context_of_the_run) {
  const Context context;
  context.run([this] {
    user.set("outside");
    EXPECT_EQ(run_here(get_and_set("main")), "outside");
    EXPECT_EQ(user.get(), "outside");
  });
}

TEST_P(ContextScopeEverywhere, the_runs_of_a_runner_share_one_context) {
  Runner runner(options());
  EXPECT_EQ(runner.run(get_and_set("first")), "nobody");
  EXPECT_EQ(runner.run(get_and_set("second")), "first");
  EXPECT_EQ(user.get(), "nobody");
  const Context given;
  EXPECT_EQ(runner.run(get_and_set("given"), &given), "nobody");
  EXPECT_EQ(given[user], "given");
  EXPECT_EQ(runner.run(get_and_set("third")), "second");
}

TEST(ContextScope, ends_with_its_block) {
  const Context context;
  ContextSlot slot(&context);
  EXPECT_EQ(ContextScope::innermost(), nullptr);
  {
    const ContextScope scope(slot);
    EXPECT_EQ(ContextScope::innermost(), &scope);
    EXPECT_TRUE(ContextScope::entered_here(slot.core()));
    EXPECT_EQ(&current_context_slot(), &slot);
  }
  EXPECT_EQ(ContextScope::innermost(), nullptr);
  EXPECT_FALSE(ContextScope::entered_here(slot.core()));
}

}  // namespace
}  // namespace weft::tests
