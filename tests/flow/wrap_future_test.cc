#include "weft/runtime/flow/wrap_future.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "task/settings.h"
#include "weft/runtime/flow/run_coroutine_threadsafe.h"

namespace weft::tests {
namespace {

class WrapFutureEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, WrapFutureEverywhere, every_setting, setting_name);

// A loop in another thread, which ends the futures that are wrapped.
class OtherLoop {
 public:
  ~OtherLoop() {
    loop.call_soon_threadsafe([this] { loop.stop(); });
    thread_.join();
  }
  template <class T>
  ThreadFuture<T> begin(Coro<T> coro) {
    return run_coroutine_threadsafe(std::move(coro), loop);
  }
  EventLoop loop{RunOptions{.workers = 1}};

 private:
  std::thread thread_{[this] { loop.run_forever(); }};
};

Coro<std::thread::id> own_thread() { co_return std::this_thread::get_id(); }
Coro<std::unique_ptr<int>> own_box() { co_return std::make_unique<int>(7); }
Coro<void> nothing() { co_return; }
Coro<int> fails() {
  throw ValueError("over there");
  co_return 0;
}
Coro<int> sleeps() {
  co_await sleep(1h);
  co_return 0;
}

Coro<void> outcomes(OtherLoop& other) {
  const auto wrapped = wrap_future(other.begin(own_thread()));
  EXPECT_EQ(&wrapped.get_loop(), &get_running_loop());
  EXPECT_NE(co_await wrapped, std::this_thread::get_id());
  co_await wrap_future(other.begin(nothing()));
  const ThreadFuture<std::unique_ptr<int>> source = other.begin(own_box());
  std::unique_ptr<int>& box = co_await wrap_future(source);
  EXPECT_EQ(*box, 7);
  std::string said;
  try {
    co_await wrap_future(other.begin(fails()));
  } catch (const ValueError& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "over there");
  const ThreadFuture<void> done = other.begin(nothing());
  co_await wrap_future(done);
  co_await wrap_future(done);
}
TEST_P(WrapFutureEverywhere, gives_results_and_errors_that_threads_wait_for_to_tasks) {
  OtherLoop other;
  run(outcomes(other), {.workers = GetParam().workers, .order = GetParam().order});
}

Coro<void> cancels(OtherLoop& other) {
  const ThreadFuture<int> source = other.begin(sleeps());
  const Future<int> wrapped = wrap_future(source);
  EXPECT_TRUE(wrapped.cancel());
  while (!source.done()) co_await sleep(0s);
  EXPECT_TRUE(source.cancelled());

  const ThreadFuture<int> second = other.begin(sleeps());
  const Future<int> told = wrap_future(second);
  EXPECT_TRUE(second.cancel());
  co_await wait(only(told));
  EXPECT_TRUE(told.cancelled());
}
TEST_P(WrapFutureEverywhere, passes_a_cancel_on_in_both_directions) {
  OtherLoop other;
  run(cancels(other), {.workers = GetParam().workers, .order = GetParam().order});
}

Coro<void> cancelled_after_the_end() {
  ThreadPromise<int> promise;
  const ThreadFuture<int> source = promise.future();
  const Future<int> wrapped = wrap_future(source);
  const Task<int> task = create_task([]() -> Coro<int> { co_return 42; });
  static_cast<void>(co_await task);
  promise.set_from(task);
  EXPECT_FALSE(wrapped.done()) << "its turn has not come";
  EXPECT_TRUE(wrapped.cancel());
  co_await sleep(0s);
  EXPECT_FALSE(source.cancelled());
  EXPECT_EQ(source.result(), 42);
  EXPECT_TRUE(wrapped.cancelled());
}
TEST(WrapFuture, may_be_cancelled_before_it_has_heard_of_the_result) { run_in_order(cancelled_after_the_end()); }

TEST(WrapFuture, of_a_loop_that_is_closed_meanwhile_is_told_to_nobody) {
  ThreadPromise<int> promise;
  {
    EventLoop loop(RunOptions{.workers = 1});
    static_cast<void>(wrap_future(promise.future(), loop));
  }
  const ThreadFuture<int> source = promise.future();
  promise.fail(std::make_exception_ptr(ValueError("nobody hears this")));
  EXPECT_NE(source.exception(), nullptr);
}

TEST(WrapFuture, without_a_loop_is_refused) {
  ThreadPromise<int> promise;
  EXPECT_THROW(wrap_future(promise.future()), RuntimeError);
}

Coro<void> gives_back() {
  const Future<int> future = get_running_loop().create_future<int>();
  EXPECT_TRUE(wrap_future(future) == future);
  const Task<int> task = create_task(sleeps());
  EXPECT_TRUE(wrap_future(task) == task);
  task.cancel();
  co_await wait(only(task));
}
TEST_P(WrapFutureEverywhere, gives_futures_of_a_loop_back) { run_here(gives_back()); }

}  // namespace
}  // namespace weft::tests
