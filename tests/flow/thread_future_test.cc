#include "weft/runtime/flow/thread_future.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "task/settings.h"

namespace weft::tests {
namespace {

TEST(ThreadFuture, waits_for_its_promise_on_another_thread) {
  std::optional<ThreadPromise<int>> promise(std::in_place);
  const ThreadFuture<int> future = promise->future();
  EXPECT_FALSE(future.done());
  EXPECT_THROW(future.result(1ms), TimeoutError);
  EXPECT_THROW(static_cast<void>(future.exception(1ms)), TimeoutError);
  std::thread other([&promise] { promise->fail(std::make_exception_ptr(ValueError("over there"))); });
  EXPECT_THROW(future.result(), ValueError);
  other.join();
  EXPECT_TRUE(future.done());
  EXPECT_FALSE(future.cancel());
  EXPECT_EQ(text_of(future.exception()), "weft::ValueError: over there");
}

TEST(ThreadFuture, is_cancelled_when_its_promise_is_dropped) {
  std::optional<ThreadPromise<void>> promise(std::in_place);
  const ThreadFuture<void> future = promise->future();
  promise.reset();
  EXPECT_TRUE(future.cancelled());
  EXPECT_THROW(future.result(), CancelledError);
  EXPECT_THROW(static_cast<void>(future.exception()), CancelledError);
}

TEST(ThreadFuture, calls_back_once_whether_it_is_done_or_not) {
  ThreadPromise<int> promise;
  const ThreadFuture<int> future = promise.future();
  int called = 0;
  future.add_done_callback([&called](const ThreadFuture<int>& done) { called += done.cancelled() ? 1 : 100; });
  future.add_done_callback([](const ThreadFuture<int>&) { throw ValueError("a callback"); });
  EXPECT_EQ(called, 0);
  testing::internal::CaptureStderr();
  EXPECT_TRUE(future.cancel());
  EXPECT_NE(testing::internal::GetCapturedStderr().find("a callback"), std::string::npos);
  future.add_done_callback([&called](const ThreadFuture<int>&) { called += 10; });
  EXPECT_EQ(called, 11);
}

TEST(ThreadFuture, takes_the_longest_timeouts) {
  ThreadPromise<int> promise;
  const ThreadFuture<int> future = promise.future();
  std::thread other([&promise] { promise.fail(std::make_exception_ptr(ValueError("in time"))); });
  EXPECT_THROW(future.result(std::chrono::hours::max()), ValueError);
  other.join();
}

}  // namespace
}  // namespace weft::tests
