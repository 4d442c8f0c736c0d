#include "weft/runtime/task/promise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <coroutine>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

Coro<int> leaf() { co_return 1; }
struct alignas(64) Aligned {
  int value;
};
Coro<Aligned> aligned_leaf() { co_return Aligned{1}; }

template <class T>
void expect_promise_behind_frame(Coro<T> coro) {
  void* frame = coro.release();
  auto& promise = Coro<T>::promise_of(frame);
  EXPECT_EQ(&PromiseBase::of(frame), static_cast<PromiseBase*>(&promise));
  EXPECT_EQ(promise.frame().address(), frame);
  EXPECT_EQ(promise.holds(), PromiseBase::Holds::nothing);
  destroy_frame(frame);
}
TEST(Promise, lies_at_a_fixed_distance_behind_its_frame_whatever_it_returns) {
  expect_promise_behind_frame(leaf());
  expect_promise_behind_frame(aligned_leaf());
  expect_promise_behind_frame([]() -> Coro<void> { co_return; }());
  expect_promise_behind_frame([]() -> Coro<std::string> { co_return std::string(); }());
}

// Tells at which line the coroutine that awaits it does so.
struct AskLine {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    line = awaiting.promise().await_site().line();
    return false;
  }
  unsigned await_resume() const noexcept { return static_cast<unsigned>(line); }
  std::uint_least32_t line = 0;
};
Coro<void> ask_lines() {
  const unsigned here = __LINE__;
  AskLine ask;
  EXPECT_EQ(co_await ask, here + 2);
  AskLine again;
  const unsigned second = co_await again;
  EXPECT_EQ(second, here + 4);
}
TEST(Promise, knows_where_its_coroutine_awaits) { run_in_order(ask_lines()); }

// Frames that own frames: the order of their ends, for a nest that is dropped.
struct NotesEnd {
  NotesEnd(int n, std::vector<int>& e) : number(n), ends(&e) {}
  NotesEnd(NotesEnd&& other) noexcept : number(other.number), ends(std::exchange(other.ends, nullptr)) {}
  ~NotesEnd() {
    if (ends != nullptr) ends->push_back(number);
  }
  int number;
  std::vector<int>* ends;
};
Coro<int> around(Coro<int> inner, NotesEnd) { co_return co_await std::move(inner); }

TEST(DestroyFrame, destroys_each_frame_of_a_deep_nest_once) {
  std::vector<int> ends;
  {
    Coro<int> nest = leaf();
    for (int depth = 0; depth < 1000; ++depth) nest = around(std::move(nest), NotesEnd(depth, ends));
    EXPECT_TRUE(ends.empty());
  }
  EXPECT_EQ(ends.size(), 1000u);
  std::vector<bool> seen(1000);
  for (const int number : ends) seen.at(static_cast<std::size_t>(number)) = true;
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 1000);
}

Coro<void> suspend_at(int depth, std::vector<int>& ends) {
  const NotesEnd local(depth, ends);
  if (depth == 5) {
    co_await sleep(1h);
  } else {
    co_await suspend_at(depth + 1, ends);
  }
}
TEST(DestroyFrom, destroys_a_suspended_chain_from_the_innermost_out) {
  std::vector<int> ends;
  {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    loop.create_task(suspend_at(0, ends));
    loop.call_soon([&loop] { loop.stop(); });
    loop.run_forever();
    EXPECT_TRUE(ends.empty());
  }
  EXPECT_EQ(ends, (std::vector<int>{5, 4, 3, 2, 1, 0}));
}

// --- a coroutine that nobody awaits ------------------------------------------------------------------------------------
Coro<void> never_awaited() { co_return; }
Coro<void> takes(Coro<int> inner) {
  static_cast<void>(inner);
  co_return;
}

template <class Main>
std::vector<std::string> reports_of(bool debug, Main main) {
  Reports reports;
  EventLoop loop(RunOptions{.workers = 1, .debug = debug});
  reports.listen_to(loop);
  loop.run_until_complete(main());
  std::vector<std::string> texts;
  for (const ExceptionContext& context : reports.all()) texts.push_back(context.message);
  return texts;
}

TEST(DropCoroutine, is_reported_in_debug_mode_with_its_name_and_place) {
  const auto main = []() -> Coro<void> {
    static_cast<void>(never_awaited());
    co_return;
  };
  const std::vector<std::string> texts = reports_of(true, main);
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_TRUE(texts[0].starts_with("coroutine '")) << texts[0];
  EXPECT_NE(texts[0].find("never_awaited' ("), std::string::npos) << texts[0];
  EXPECT_NE(texts[0].find("promise_test.cc:"), std::string::npos) << texts[0];
  EXPECT_TRUE(texts[0].ends_with(") was never awaited; co_await it, give it to create_task, or close() it"));
  EXPECT_TRUE(reports_of(false, main).empty());
}

TEST(DropCoroutine, is_reported_once_for_a_nest_of_them) {
  const auto main = []() -> Coro<void> {
    static_cast<void>(takes(leaf()));
    co_return;
  };
  const std::vector<std::string> texts = reports_of(true, main);
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_NE(texts[0].find("takes' ("), std::string::npos) << texts[0];
}

TEST(DropCoroutine, is_not_reported_when_it_was_closed_awaited_or_given_away) {
  const auto main = []() -> Coro<void> {
    Coro<void> closed = never_awaited();
    closed.close();
    EXPECT_FALSE(closed);
    closed.close();
    co_await never_awaited();
    co_await create_task(never_awaited());
    const Task<void> cancelled = create_task(never_awaited());
    cancelled.cancel();
    TaskGroup* ended = nullptr;
    const auto block = [&ended](TaskGroup& group) -> Coro<void> {
      ended = &group;
      group.cancel();
      EXPECT_THROW(group.create_task(never_awaited()), RuntimeError);
      co_return;
    };
    co_await with_task_group(block);
    co_await wait(only(cancelled));
  };
  EXPECT_EQ(reports_of(true, main), std::vector<std::string>());
}

}  // namespace
}  // namespace weft::tests
