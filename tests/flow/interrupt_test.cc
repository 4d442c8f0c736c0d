// SIGINT during run(): each test sends it to its own process.
#include "weft/runtime/flow/interrupt.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "task/settings.h"

namespace weft::tests {
namespace {

// SIGINT as a program that does nothing about it finds it, whatever started the test.
class Interrupt : public EverySetting {
 protected:
  void SetUp() override {
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL;
    ASSERT_EQ(sigaction(SIGINT, &usual, &before_), 0);
  }
  void TearDown() override { sigaction(SIGINT, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};
INSTANTIATE_TEST_SUITE_P(workers, Interrupt, every_setting, setting_name);

bool sigint_is_usual() {
  struct sigaction now {};
  return sigaction(SIGINT, nullptr, &now) == 0 && now.sa_handler == SIG_DFL;
}

// A signal that a worker sends reaches the main thread some time later; virtual time would not wait for it.
Coro<void> for_ever() { co_await get_running_loop().create_future<void>(); }

Coro<int> send_and_wait(int& cleaned) {
  try {
    kill(getpid(), SIGINT);
    co_await for_ever();
  } catch (const CancelledError&) {
    ++cleaned;
    throw;
  }
  co_return 1;
}
TEST_P(Interrupt, cancels_main_and_run_throws_keyboard_interrupt) {
  int cleaned = 0;
  EXPECT_THROW(run_here(send_and_wait(cleaned)), KeyboardInterrupt);
  EXPECT_EQ(cleaned, 1);
  EXPECT_TRUE(sigint_is_usual());
}

Coro<int> swallow() {
  try {
    kill(getpid(), SIGINT);
    co_await for_ever();
  } catch (const CancelledError&) {
  }
  co_await sleep(1ms);
  co_return 7;
}
TEST_P(Interrupt, that_main_swallows_lets_it_return_its_value) { EXPECT_EQ(run_here(swallow()), 7); }

Coro<int> turn_into_error() {
  try {
    kill(getpid(), SIGINT);
    co_await for_ever();
  } catch (const CancelledError&) {
    throw ValueError("instead");
  }
  co_return 0;
}
TEST_P(Interrupt, that_main_turns_into_another_error_gives_that_error) {
  EXPECT_THROW(run_here(turn_into_error()), ValueError);
}

Coro<int> needs_two(int& reached) {
  try {
    kill(getpid(), SIGINT);
    co_await for_ever();
  } catch (const CancelledError&) {
    ++reached;
  }
  kill(getpid(), SIGINT);
  co_await for_ever();
  ++reached;
  co_return 0;
}
TEST_P(Interrupt, a_second_one_ends_run_without_waiting_for_main) {
  int reached = 0;
  EXPECT_THROW(run_here(needs_two(reached)), KeyboardInterrupt);
  EXPECT_EQ(reached, 1);
  EXPECT_TRUE(sigint_is_usual());
}

Coro<int> cancelled_twice() {
  current_task().cancel("by hand");
  kill(getpid(), SIGINT);
  for (;;) {
    bool again = false;
    try {
      co_await sleep(1ms);
    } catch (const CancelledError&) {
      again = true;
    }
    if (again && current_task().cancelling() == 2) throw CancelledError("both");
  }
}
TEST_P(Interrupt, of_a_main_that_was_cancelled_otherwise_too_stays_a_cancellation) {
  EXPECT_THROW(run_here(cancelled_twice()), CancelledError);
}

Coro<int> never_runs(bool& ran) {
  ran = true;
  co_return 1;
}
TEST_P(Interrupt, before_the_first_step_keeps_main_from_running) {
  bool ran = false;
  RunOptions interrupted = options();
  interrupted.on_thread_start = [](int worker) {
    if (worker == 0) kill(getpid(), SIGINT);
  };
  if (one_worker()) {
    EXPECT_THROW(run(never_runs(ran), interrupted), KeyboardInterrupt);
    EXPECT_FALSE(ran);
  } else {
    // Another worker may have run it before worker 0 looks at signals; then the interrupt comes too late for main, but is not lost.
    EXPECT_THROW(run(never_runs(ran), interrupted), KeyboardInterrupt);
  }
}

Coro<int> wait_for_real() {
  co_await for_ever();
  co_return 1;
}
TEST_P(Interrupt, wakes_a_loop_that_sleeps) {
  std::atomic<bool> over = false;
  std::atomic<bool> running = false;
  std::thread outside([&] {
    while (!running) std::this_thread::yield();
    kill(getpid(), SIGINT);
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!over && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    if (!over) std::abort();  // run() would sleep for an hour
  });
  const auto main = [&running]() -> Coro<int> {
    running = true;
    co_return co_await wait_for_real();
  };
  EXPECT_THROW(run(main(), {.workers = GetParam().workers, .order = GetParam().order}), KeyboardInterrupt);
  over = true;
  outside.join();
}

TEST_P(Interrupt, is_counted_anew_in_each_run_of_a_runner) {
  Runner runner(options());
  for (int turn = 0; turn < 3; ++turn) {
    int cleaned = 0;
    EXPECT_THROW(runner.run(send_and_wait(cleaned)), KeyboardInterrupt);
    EXPECT_EQ(cleaned, 1);
    EXPECT_TRUE(sigint_is_usual());
  }
  EXPECT_EQ(runner.run(swallow()), 7);
}

Coro<int> give(int value) {
  co_await sleep(1ms);
  co_return value;
}
// As CPython: a SIGINT while the loop winds up is not lost.
TEST_P(Interrupt, that_comes_when_main_has_ended_is_raised_by_this_run_and_does_not_stop_the_next_one) {
  RunOptions late = options();
  int stopped = 0;
  late.on_thread_stop = [&stopped](int worker) {
    if (worker == 0 && ++stopped == 1) kill(getpid(), SIGINT);
  };
  Runner runner(late);
  EXPECT_THROW(runner.run(give(1)), KeyboardInterrupt);
  EXPECT_EQ(runner.run(give(2)), 2);
}

std::atomic<int> g_own_handler{0};
void own_handler(int) { g_own_handler.fetch_add(1); }

Coro<int> send_and_go_on() {
  kill(getpid(), SIGINT);
  co_await sleep(1ms);
  while (g_own_handler == 0) co_await sleep(1ms);
  co_return 4;
}
TEST_P(Interrupt, goes_to_the_programs_own_handler_when_it_has_one) {
  g_own_handler = 0;
  struct sigaction own {};
  own.sa_handler = own_handler;
  ASSERT_EQ(sigaction(SIGINT, &own, nullptr), 0);
  EXPECT_EQ(run_here(send_and_go_on()), 4);
  EXPECT_EQ(g_own_handler, 1);
  struct sigaction now {};
  ASSERT_EQ(sigaction(SIGINT, nullptr, &now), 0);
  EXPECT_EQ(now.sa_handler, own_handler);
}

Coro<bool> look_at_disposition() { co_return sigint_is_usual(); }
TEST_P(Interrupt, is_left_alone_by_run_outside_the_main_thread) {
  bool usual = false;
  std::thread([&] { usual = run_here(look_at_disposition()); }).join();
  EXPECT_TRUE(usual);
  EXPECT_FALSE(run_here(look_at_disposition()));
}

// A loop in another thread, whose main task is cancelled by the program while the main thread's loop is interrupted.
Coro<int> cancel_when_told(std::atomic<bool>& ready, std::atomic<bool>& go) {
  ready = true;
  while (!go) co_await sleep(0s);
  current_task().cancel("by the program");
  co_await for_ever();
  co_return 0;
}
TEST_P(Interrupt, of_the_main_thread_is_none_of_another_threads_business) {
  std::atomic<bool> ready = false;
  std::atomic<bool> go = false;
  std::string ended_with = "nothing";
  std::thread other([&] {
    try {
      run(cancel_when_told(ready, go), {.workers = 1});
    } catch (const CancelledError& error) {
      ended_with = error.message();
    } catch (const KeyboardInterrupt&) {
      ended_with = "KeyboardInterrupt";
    }
  });
  while (!ready) std::this_thread::yield();
  const auto main = [&]() -> Coro<int> {
    try {
      kill(getpid(), SIGINT);
      co_await for_ever();
    } catch (const CancelledError&) {
    }
    go = true;
    co_return 1;
  };
  EXPECT_EQ(run_here(main()), 1);
  other.join();
  EXPECT_EQ(ended_with, "by the program");
}

Coro<void> gives_way_until_cancelled() {
  for (;;) co_await sleep(0s);
}
// RunnerTests.test_interrupt_call_soon
TEST_P(Interrupt, reaches_a_main_that_gives_way_again_and_again) {
  Runner runner(RunOptions{.workers = GetParam().workers, .order = GetParam().order});
  runner.get_loop().call_later(1ms, [] { kill(getpid(), SIGINT); });
  EXPECT_THROW(runner.run(gives_way_until_cancelled()), KeyboardInterrupt);
}

Coro<void> wait_until_cancelled(Future<void> future) {
  bool cancelled = false;
  try {
    co_await future;
  } catch (const CancelledError&) {
    cancelled = true;
  }
  EXPECT_TRUE(cancelled);
  throw CancelledError();
}
// RunnerTests.test_interrupt_wait
TEST_P(Interrupt, cancels_the_future_that_main_waits_for) {
  Runner runner(options());
  const Future<void> future = runner.get_loop().create_future<void>();
  runner.get_loop().call_later(1ms, [] { kill(getpid(), SIGINT); });
  EXPECT_THROW(runner.run(wait_until_cancelled(future)), KeyboardInterrupt);
  EXPECT_TRUE(future.cancelled());
}

}  // namespace
}  // namespace weft::tests
