#include "weft/runtime/task/future_core.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class Listener final : public DoneListener {
 public:
  explicit Listener(int number, std::vector<int>& told) : number_(number), told_(told) {}
  void future_done(FutureCore& future) noexcept override {
    EXPECT_TRUE(future.done());
    told_.push_back(number_);
  }
  void future_gone() noexcept override { told_.push_back(-number_); }
  int number() const { return number_; }

 private:
  const int number_;
  std::vector<int>& told_;
};

class FutureCoreTest : public testing::Test {
 protected:
  EventLoop loop_{RunOptions{.workers = 1}};
  Future<int> future_ = loop_.create_future<int>();
  std::vector<int> told_;
  Listener one_{1, told_};
  Listener two_{2, told_};
  Listener three_{3, told_};
};

TEST_F(FutureCoreTest, tells_listeners_once_in_the_order_in_which_they_were_added) {
  for (Listener* listener : {&one_, &two_, &three_}) EXPECT_TRUE(future_.core().listen(*listener));
  EXPECT_TRUE(told_.empty());
  future_.set_result(1);
  EXPECT_EQ(told_, (std::vector<int>{1, 2, 3}));
  EXPECT_FALSE(one_.linked());
}

TEST_F(FutureCoreTest, does_not_take_a_listener_when_it_is_done) {
  future_.set_result(1);
  EXPECT_FALSE(future_.core().listen(one_));
  EXPECT_FALSE(one_.linked());
  EXPECT_TRUE(told_.empty());
}

TEST_F(FutureCoreTest, does_not_tell_a_listener_that_was_taken_out) {
  for (Listener* listener : {&one_, &two_, &three_}) EXPECT_TRUE(future_.core().listen(*listener));
  EXPECT_TRUE(future_.core().unlisten(two_));
  EXPECT_FALSE(future_.core().unlisten(two_));
  future_.cancel();
  EXPECT_EQ(told_, (std::vector<int>{1, 3}));
  EXPECT_FALSE(future_.core().unlisten(one_));
}

TEST_F(FutureCoreTest, shows_its_listeners_in_order_while_it_is_pending) {
  const auto numbers = [this] {
    std::vector<int> found;
    future_.core().for_each_listener(
        [&found](DoneListener& listener) { found.push_back(static_cast<Listener&>(listener).number()); });
    return found;
  };
  for (Listener* listener : {&one_, &two_, &three_}) EXPECT_TRUE(future_.core().listen(*listener));
  EXPECT_EQ(numbers(), (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(future_.core().unlisten(two_));
  EXPECT_EQ(numbers(), (std::vector<int>{1, 3}));
  future_.set_result(1);
  EXPECT_TRUE(numbers().empty());
}

TEST_F(FutureCoreTest, tells_listeners_when_it_is_dropped_while_pending) {
  EXPECT_TRUE(future_.core().listen(one_));
  EXPECT_TRUE(future_.core().listen(two_));
  future_ = Future<int>();
  EXPECT_EQ(told_, (std::vector<int>{-1, -2}));
}

TEST_F(FutureCoreTest, says_which_state_it_is_in) {
  FutureCore& core = future_.core();
  EXPECT_EQ(core.describe_self(), "<Future pending>");
  EXPECT_FALSE(core.done() || core.has_result() || core.has_error() || core.cancelled() || core.is_task());
  future_.set_result(1);
  EXPECT_TRUE(core.done() && core.has_result());
  EXPECT_EQ(core.describe_self(), "<Future finished>");
  const Future<int> failed = loop_.create_future<int>();
  failed.set_exception(ValueError("e"));
  EXPECT_TRUE(failed.core().has_error());
  failed.core().mark_retrieved();
  const Future<int> cancelled = loop_.create_future<int>();
  cancelled.cancel("why");
  EXPECT_TRUE(cancelled.core().cancelled());
  EXPECT_EQ(cancelled.core().cancel_message(), "why");
  EXPECT_EQ(cancelled.core().describe_self(), "<Future cancelled>");
}

TEST_F(FutureCoreTest, refuses_its_result_with_a_sentence_that_names_who_asked) {
  try {
    future_.core().check_result("somebody");
    FAIL() << "it is pending";
  } catch (const InvalidStateError& error) {
    EXPECT_STREQ(error.what(), "somebody: the result of <Future pending> is not ready; await it, or ask done() first");
  }
}

TEST_F(FutureCoreTest, that_is_done_is_not_retained_by_enumerations) {
  future_.set_result(1);
  EXPECT_FALSE(future_.core().try_retain());
}

TEST_F(FutureCoreTest, can_be_retained_as_long_as_a_handle_is_left) {
  FutureCore& core = future_.core();
  EXPECT_TRUE(core.try_retain());
  future_ = Future<int>();
  EXPECT_FALSE(core.done());
  core.release();
}

}  // namespace
}  // namespace weft::tests
