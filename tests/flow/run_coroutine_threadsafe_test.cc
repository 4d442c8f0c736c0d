#include "weft/runtime/flow/run_coroutine_threadsafe.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

// A loop that runs in a thread of its own, in real time, until it is destroyed.
class LoopInThread {
 public:
  explicit LoopInThread(RunOptions options) : loop_(std::move(options)) {
    loop_.set_exception_handler([](const ExceptionContext&) {});
    thread_ = std::thread([this] { loop_.run_forever(); });
  }
  ~LoopInThread() {
    if (thread_.joinable()) end();
  }
  void end() {
    loop_.stop();
    thread_.join();
    loop_.close();
  }
  EventLoop& loop() { return loop_; }

 private:
  EventLoop loop_;
  std::thread thread_;
};

class RunCoroutineThreadsafe : public EverySetting {
 protected:
  RunOptions real_time() { return {.workers = GetParam().workers, .order = GetParam().order}; }
};
INSTANTIATE_TEST_SUITE_P(workers, RunCoroutineThreadsafe, every_setting, setting_name);

Coro<int> add(int a, int b) {
  co_await sleep(1ms);
  co_return a + b;
}
Coro<int> fails() {
  co_await sleep(1ms);
  throw ValueError("in the loop");
}
Coro<std::unique_ptr<int>> own(int value) { co_return std::make_unique<int>(value); }
Coro<int&> refer(int& target) { co_return target; }
Coro<void> nothing() { co_return; }
Coro<int> wait_for_release(std::atomic<bool>& started, std::atomic<bool>& cancelled) {
  started = true;
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    cancelled = true;
    throw;
  }
  co_return 1;
}

TEST_P(RunCoroutineThreadsafe, gives_results_and_errors_to_the_thread_that_waits) {
  LoopInThread running(real_time());
  EXPECT_EQ(run_coroutine_threadsafe(add(1, 2), running.loop()).result(), 3);
  EXPECT_EQ(run_coroutine_threadsafe(add(3, 4), running.loop()).result(1h), 7);
  EXPECT_EQ(*run_coroutine_threadsafe(own(5), running.loop()).result(), 5);
  int target = 0;
  EXPECT_EQ(&run_coroutine_threadsafe(refer(target), running.loop()).result(), &target);
  run_coroutine_threadsafe(nothing(), running.loop()).result();
  const ThreadFuture<int> failed = run_coroutine_threadsafe(fails(), running.loop());
  EXPECT_THROW(failed.result(), ValueError);
  EXPECT_EQ(text_of(failed.exception()), "weft::ValueError: in the loop");
}

TEST_P(RunCoroutineThreadsafe, a_cancel_of_the_future_cancels_the_task) {
  LoopInThread running(real_time());
  std::atomic<bool> started = false;
  std::atomic<bool> cancelled = false;
  const ThreadFuture<int> future = run_coroutine_threadsafe(wait_for_release(started, cancelled), running.loop());
  EXPECT_THROW(future.result(0s), TimeoutError);
  while (!started) std::this_thread::yield();
  EXPECT_FALSE(future.done());
  EXPECT_TRUE(future.cancel());
  EXPECT_FALSE(future.cancel());
  EXPECT_TRUE(future.cancelled());
  EXPECT_THROW(future.result(), CancelledError);
  while (!cancelled) std::this_thread::yield();
}

Coro<int> cancels_itself() {
  current_task().cancel();
  co_await sleep(1h);
  co_return 1;
}
TEST_P(RunCoroutineThreadsafe, a_cancelled_task_cancels_the_future) {
  LoopInThread running(real_time());
  EXPECT_THROW(run_coroutine_threadsafe(cancels_itself(), running.loop()).result(), CancelledError);
}

TEST_P(RunCoroutineThreadsafe, a_loop_that_is_closed_leaves_nobody_waiting) {
  Census census;
  const auto hold = [](Tracked, std::atomic<bool>& begun) -> Coro<int> {
    begun = true;
    co_await sleep(1h);
    co_return 1;
  };
  std::atomic<bool> begun = false;
  LoopInThread running(real_time());
  const ThreadFuture<int> future = run_coroutine_threadsafe(hold(Tracked(census), begun), running.loop());
  while (!begun) std::this_thread::yield();
  running.end();
  EXPECT_THROW(future.result(), CancelledError);
  EXPECT_THROW(run_coroutine_threadsafe(hold(Tracked(census), begun), running.loop()), RuntimeError);
  EXPECT_EQ(census.alive(), 0);
}

TEST_P(RunCoroutineThreadsafe, from_many_threads_at_once_gives_each_its_own_result) {
  LoopInThread running(real_time());
  std::atomic<int> sum = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&running, &sum, i] {
      for (int k = 0; k < 20; ++k) sum += run_coroutine_threadsafe(add(i, k), running.loop()).result();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 20 * 28 + 8 * 190);
}

TEST_P(RunCoroutineThreadsafe, refuses_to_block_a_worker) {
  LoopInThread running(real_time());
  const auto waits = [](EventLoop& loop) -> Coro<std::string> {
    const ThreadFuture<int> future = run_coroutine_threadsafe(add(1, 2), loop);
    std::string said;
    try {
      static_cast<void>(future.result());
    } catch (const RuntimeError& error) {
      said = error.what();
    }
    co_return said;
  };
  EXPECT_EQ(run_coroutine_threadsafe(waits(running.loop()), running.loop()).result().substr(0, 47),
            "ThreadFuture::result(): it would block a worker");
}

TEST(RunCoroutineThreadsafe, refuses_a_coroutine_that_was_moved_from) {
  EventLoop loop(RunOptions{.workers = 1});
  Coro<int> moved_from = add(1, 2);
  const Coro<int> moved_to = std::move(moved_from);
  EXPECT_THROW(run_coroutine_threadsafe(std::move(moved_from), loop), RuntimeError);
}

}  // namespace
}  // namespace weft::tests
