#include "weft/runtime/flow/run.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class RunEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, RunEverywhere, every_setting, setting_name);

Coro<int> after(std::chrono::milliseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
Coro<int&> refer(int& target) { co_return target; }
Coro<std::unique_ptr<int>> make_unique_int(int value) { co_return std::make_unique<int>(value); }
Coro<void> nothing() { co_return; }
Coro<int> fail() {
  co_await sleep(1ms);
  throw ValueError("main failed");
}

TEST_P(RunEverywhere, gives_results_of_every_kind) {
  EXPECT_EQ(run_here(after(1ms, 5)), 5);
  int target = 0;
  EXPECT_EQ(&run_here(refer(target)), &target);
  EXPECT_EQ(*run_here(make_unique_int(6)), 6);
  run_here(nothing());
}

Coro<int> throw_this(std::exception_ptr error) {
  co_await sleep(0s);
  std::rethrow_exception(error);
}
TEST_P(RunEverywhere, throws_what_main_threw_as_the_same_object) {
  const auto error = std::make_exception_ptr(ValueError("the one"));
  try {
    run_here(throw_this(error));
    FAIL() << "main threw";
  } catch (const ValueError&) {
    EXPECT_TRUE(std::current_exception() == error);
  }
}

Coro<void> cancel_self() {
  current_task().cancel("by itself");
  co_await sleep(1s);
}
TEST_P(RunEverywhere, throws_cancelled_error_when_main_was_cancelled) {
  std::string message;
  try {
    run_here(cancel_self());
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "by itself");
}

// --- shutdown ----------------------------------------------------------------------------------------------------------

struct Ends {
  std::atomic<int> begun{0};
  std::atomic<int> cleaned{0};
};
Coro<void> clean_up_slowly(Ends& ends) {
  ++ends.begun;
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
  }
  co_await sleep(5ms);
  ++ends.cleaned;
  throw CancelledError();
}
Coro<int> leave_tasks_behind(Ends& ends, bool fails) {
  for (int i = 0; i < 10; ++i) create_task(clean_up_slowly(ends));
  co_await sleep(1ms);
  if (fails) throw ValueError("main failed");
  co_return 1;
}
TEST_P(RunEverywhere, cancels_what_is_left_and_waits_until_it_has_cleaned_up) {
  Ends ends;
  EXPECT_EQ(run_here(leave_tasks_behind(ends, false)), 1);
  EXPECT_EQ(ends.begun, 10);
  EXPECT_EQ(ends.cleaned, 10);
}
TEST_P(RunEverywhere, cancels_what_is_left_when_main_threw_too) {
  Ends ends;
  EXPECT_THROW(run_here(leave_tasks_behind(ends, true)), ValueError);
  EXPECT_EQ(ends.cleaned, 10);
}

Coro<void> fail_while_cleaning_up() {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    throw ValueError("while cleaning up");
  }
}
Coro<void> leave_a_failing_task(Reports& reports) {
  reports.listen_to(get_running_loop());
  create_task(fail_while_cleaning_up(), {.name = "the failing one"});
  co_await sleep(1ms);
}
TEST_P(RunEverywhere, reports_errors_of_the_shutdown_once_with_the_tasks_name) {
  Reports reports;
  run_here(leave_a_failing_task(reports));
  EXPECT_EQ(reports.only().message, "unhandled exception during weft::run() shutdown");
  EXPECT_EQ(reports.only().task_name, "the failing one");
  EXPECT_EQ(text_of(reports.only().exception), "weft::ValueError: while cleaning up");
}

Coro<int> hold(Tracked tracked, std::atomic<bool>& ran) {
  ran = true;
  co_return tracked.value;
}
Coro<void> leave_unstarted(Census& census, std::atomic<bool>& ran) {
  create_task(hold(Tracked(census), ran));
  co_return;
}
TEST(Run, destroys_a_task_that_never_began) {
  Census census;
  std::atomic<bool> ran = false;
  run_in_order(leave_unstarted(census, ran));
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> leave_joins_behind(Census& census) {
  const auto wait = [](Tracked) -> Coro<void> { co_await sleep(1h); };
  create_task([&census, wait]() -> Coro<void> { co_await fork_join(wait(Tracked(census)), wait(Tracked(census))); });
  create_task([&census, wait]() -> Coro<void> { co_await gather(wait(Tracked(census)), wait(Tracked(census))); });
  co_await sleep(1ms);
  EXPECT_EQ(census.alive(), 8);  // four parameters and the temporaries that they were made of
}
TEST_P(RunEverywhere, ends_joins_and_gathers_that_are_left) {
  Census census;
  run_here(leave_joins_behind(census));
  EXPECT_EQ(census.alive(), 0);
}

// --- Runner ------------------------------------------------------------------------------------------------------------

Coro<EventLoop*> this_loop() { co_return &get_running_loop(); }

TEST_P(RunEverywhere, a_runner_runs_several_times_in_one_loop) {
  Runner runner(options());
  EventLoop& loop = runner.get_loop();
  EXPECT_EQ(runner.run(this_loop()), &loop);
  EXPECT_EQ(runner.run(this_loop()), &loop);
  EXPECT_EQ(&runner.get_loop(), &loop);
  EXPECT_THROW(runner.run(fail()), ValueError);
  EXPECT_EQ(runner.run(after(1ms, 3)), 3);
  EXPECT_EQ(loop.time().time_since_epoch(), 2ms);
}

Coro<Task<int>> start_background() { co_return create_task(after(10ms, 9)); }
TEST_P(RunEverywhere, a_runner_lets_tasks_go_on_in_its_next_run) {
  Runner runner(options());
  const Task<int> background = runner.run(start_background());
  EXPECT_FALSE(background.done());
  EXPECT_EQ(runner.run(after(20ms, 1)), 1);
  EXPECT_TRUE(background.done());
  EXPECT_EQ(background.result(), 9);
}

TEST_P(RunEverywhere, a_runner_that_is_closed_cancels_what_is_left_and_refuses_to_run) {
  Runner runner(options());
  const Task<int> background = runner.run(start_background());
  EventLoop& loop = runner.get_loop();
  runner.close();
  EXPECT_TRUE(background.cancelled());
  EXPECT_TRUE(loop.is_closed());
  runner.close();
  Census census;
  std::atomic<bool> ran = false;
  try {
    runner.run(hold(Tracked(census), ran));
    FAIL() << "the runner is closed";
  } catch (const RuntimeError& error) {
    EXPECT_STREQ(error.what(), "Runner is closed");
  }
  EXPECT_EQ(census.alive(), 0);
  EXPECT_THROW(runner.get_loop(), RuntimeError);
}

TEST(Runner, closed_before_it_ran_makes_no_loop) {
  Runner runner;
  runner.close();
  EXPECT_THROW(runner.run(nothing()), RuntimeError);
}

// RunnerTests.test_explicit_close, test_double_close
TEST(Runner, closed_before_it_ran_closes_the_loop_that_it_gave) {
  Runner runner({.workers = 1});
  EventLoop& loop = runner.get_loop();
  runner.close();
  EXPECT_TRUE(loop.is_closed());
  EXPECT_THROW(runner.get_loop(), RuntimeError);
  runner.close();
  EXPECT_TRUE(loop.is_closed());
}

// RunnerTests.test_debug, test_non_debug
TEST(Runner, has_a_loop_in_debug_mode_only_when_it_is_asked_for) {
  Runner debug({.workers = 1, .debug = true});
  EXPECT_TRUE(debug.get_loop().get_debug());
  Runner usual({.workers = 1});
  EXPECT_FALSE(usual.get_loop().get_debug());
}

TEST_P(RunEverywhere, a_runner_that_is_destroyed_closes_its_loop) {
  Ends ends;
  {
    Runner runner(options());
    runner.run(leave_tasks_behind(ends, false));
    EXPECT_EQ(ends.cleaned, 0);
  }
  EXPECT_EQ(ends.cleaned, 10);
}

Coro<std::string> run_the_same(Runner& runner) {
  try {
    runner.run(nothing());
  } catch (const RuntimeError& error) {
    co_return error.what();
  }
  co_return "accepted";
}
TEST_P(RunEverywhere, a_runner_refuses_to_run_inside_itself_and_stays_usable) {
  Runner runner(options());
  const std::string refusal = runner.run(run_the_same(runner));
  EXPECT_NE(refusal.find("cannot be called from a running event loop"), std::string::npos) << refusal;
  EXPECT_EQ(runner.run(after(1ms, 2)), 2);
}

// --- many ----------------------------------------------------------------------------------------------------------------

Coro<long> some_work(int seed) {
  std::vector<Coro<int>> children;
  for (int i = 0; i < 50; ++i) children.push_back(after(std::chrono::milliseconds((i + seed) % 3), i));
  long sum = 0;
  for (const int value : co_await gather(std::move(children))) sum += value;
  const auto forked = co_await fork_join(after(0ms, 1), after(1ms, 2));
  co_return sum + std::get<0>(forked) + std::get<1>(forked);
}
TEST(Run, may_run_in_several_threads_at_once) {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([thread, &right] {
      for (int turn = 0; turn < 20; ++turn) {
        VirtualClock clock;
        if (run(some_work(turn), {.workers = 1 + thread, .clock = &clock}) == 1228) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 80);
}

std::size_t entries_of(const char* directory) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(directory), std::filesystem::directory_iterator()));
}
Coro<int> small_main() {
  const auto both = co_await fork_join(after(0ms, 1), after(0ms, 2));
  create_task(after(1h, 3));
  co_return std::get<0>(both) + std::get<1>(both);
}
void expect_nothing_left(int runs, int workers) {
  run(small_main(), {.workers = workers});
  const std::size_t threads = entries_of("/proc/self/task");
  const std::size_t files = entries_of("/proc/self/fd");
  for (int i = 0; i < runs; ++i) ASSERT_EQ(run(small_main(), {.workers = workers}), 3) << "run " << i;
  EXPECT_EQ(entries_of("/proc/self/task"), threads);
  EXPECT_EQ(entries_of("/proc/self/fd"), files);
}
TEST(Run, ten_thousand_times_leaves_no_thread_and_no_file_open) { expect_nothing_left(10'000, 1); }
TEST(Run, a_thousand_times_with_four_workers_leaves_no_thread_and_no_file_open) { expect_nothing_left(1'000, 4); }

TEST(Run, again_and_again_reserves_no_more_frames) {
  for (int i = 0; i < 10; ++i) run(small_main(), {.workers = 2});
  const std::size_t reserved = FramePool::statistics().reserved_bytes;
  for (int i = 0; i < 300; ++i) run(small_main(), {.workers = 2});
  EXPECT_LE(FramePool::statistics().reserved_bytes, reserved + (std::size_t{1} << 20));
}

}  // namespace
}  // namespace weft::tests
