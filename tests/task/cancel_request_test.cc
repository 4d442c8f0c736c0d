#include "weft/runtime/task/cancel_request.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "weft/runtime/task/future_core.h"

namespace weft::tests {
namespace {

// Answers as it is told, one answer for each time that it is asked, and notes when it is.
class Scripted final : public FutureCore {
 public:
  struct Answer {
    CancelReply reply;
    std::vector<Scripted*> targets = {};
  };
  Scripted(Runtime& runtime, std::string name, std::vector<std::string>& notes)
      : FutureCore(&runtime), name_(std::move(name)), notes_(notes) {
    live(1);
  }
  ~Scripted() = default;

  CancelReply try_cancel(CancelRequest& request) override {
    notes_.push_back(name_ + (request.again() ? " again" : "") + " " + std::string(request.message()));
    EXPECT_LT(asked_, answers.size()) << name_ << " is asked too often";
    const Answer& answer = answers[asked_++];
    for (Scripted* target : answer.targets) {
      target->retain();
      ++target->held;
      request.targets().push_back(target);
    }
    if (request.same_as_before()) notes_.push_back(name_ + " names the same");
    EXPECT_EQ(request.has_targets(), !answer.targets.empty());
    return answer.reply;
  }
  void targets_cancelled() noexcept override { notes_.push_back(name_ + " told"); }

  const StoredError& error() const noexcept override { return error_; }
  std::string cancel_message() const override { return {}; }
  std::string describe_self() const override { return name_; }

  std::vector<Answer> answers;
  int held = 0;

 protected:
  void destroy() noexcept override { ADD_FAILURE() << name_ << " was released once too often"; }

 private:
  const std::string name_;
  std::vector<std::string>& notes_;
  std::size_t asked_ = 0;
  StoredError error_;
};

class CancelRequestTest : public testing::Test {
 protected:
  Scripted& make(const char* name) {
    made_.push_back(std::make_unique<Scripted>(loop_.runtime(), name, notes_));
    return *made_.back();
  }
  using Notes = std::vector<std::string>;
  EventLoop loop_{RunOptions{.workers = 1}};
  Notes notes_;
  std::vector<std::unique_ptr<Scripted>> made_;
};

TEST_F(CancelRequestTest, ends_where_the_first_future_takes_it_or_refuses) {
  Scripted& taker = make("taker");
  taker.answers = {{CancelReply::delivered}};
  EXPECT_TRUE(taker.cancel("m"));
  Scripted& refuser = make("refuser");
  refuser.answers = {{CancelReply::refused}};
  EXPECT_FALSE(refuser.cancel("m"));
  EXPECT_EQ(notes_, (Notes{"taker m", "refuser m"}));
}

TEST_F(CancelRequestTest, reaches_each_target_with_all_below_it_before_the_next) {
  Scripted& top = make("top");
  Scripted& left = make("left");
  Scripted& right = make("right");
  Scripted& leaf = make("leaf");
  leaf.answers = {{CancelReply::delivered}};
  left.answers = {{CancelReply::forwarded, {&leaf}}};
  right.answers = {{CancelReply::refused}};
  top.answers = {{CancelReply::forwarded, {&left, &right}}};
  EXPECT_TRUE(top.cancel("m"));
  EXPECT_EQ(notes_, (Notes{"top m", "left m", "leaf m", "left told", "right m", "top told"}));
}

TEST_F(CancelRequestTest, asks_again_where_every_target_refused) {
  Scripted& top = make("top");
  Scripted& middle = make("middle");
  Scripted& first = make("first");
  Scripted& second = make("second");
  first.answers = {{CancelReply::refused}};
  second.answers = {{CancelReply::delivered}};
  middle.answers = {{CancelReply::forwarded, {&first}}, {CancelReply::forwarded, {&second}}};
  top.answers = {{CancelReply::forwarded, {&middle}}};
  EXPECT_TRUE(top.cancel("m"));
  EXPECT_EQ(notes_, (Notes{"top m", "middle m", "first m", "middle again m", "second m", "middle told", "top told"}));
}

TEST_F(CancelRequestTest, is_delivered_where_it_was_taken_whatever_the_targets_answer) {
  Scripted& top = make("top");
  Scripted& join = make("join");
  Scripted& child = make("child");
  child.answers = {{CancelReply::refused}, {CancelReply::refused}};
  join.answers = {{CancelReply::taken, {&child}}, {CancelReply::taken, {&child}}};
  top.answers = {{CancelReply::forwarded, {&join}}};
  EXPECT_TRUE(top.cancel("m"));
  EXPECT_TRUE(join.cancel("n"));
  EXPECT_EQ(notes_, (Notes{"top m", "join m", "child m", "join told", "top told", "join n", "child n", "join told"}));
}

TEST_F(CancelRequestTest, tells_a_future_that_it_names_the_same_targets_as_before) {
  Scripted& top = make("top");
  Scripted& target = make("target");
  target.answers = {{CancelReply::refused}};
  top.answers = {{CancelReply::forwarded, {&target}}, {CancelReply::delivered, {&target}}};
  EXPECT_TRUE(top.cancel(""));
  EXPECT_EQ(notes_, (Notes{"top ", "target ", "top again ", "top names the same"}));
}

TEST_F(CancelRequestTest, is_refused_when_nothing_below_takes_it) {
  Scripted& top = make("top");
  Scripted& middle = make("middle");
  Scripted& leaf = make("leaf");
  leaf.answers = {{CancelReply::refused}};
  middle.answers = {{CancelReply::forwarded, {&leaf}}, {CancelReply::refused}};
  top.answers = {{CancelReply::forwarded, {&middle}}, {CancelReply::refused}};
  EXPECT_FALSE(top.cancel(""));
  EXPECT_EQ(notes_, (Notes{"top ", "middle ", "leaf ", "middle again ", "top again "}));
}

TEST_F(CancelRequestTest, lets_every_target_go) {
  Scripted& top = make("top");
  Scripted& one = make("one");
  Scripted& two = make("two");
  one.answers = {{CancelReply::refused}, {CancelReply::refused}};
  two.answers = {{CancelReply::delivered}};
  top.answers = {{CancelReply::forwarded, {&one, &one}}, {CancelReply::forwarded, {&two}}};
  EXPECT_TRUE(top.cancel(""));
  // What each holds now is its own reference: one more release destroys it, which would be a failure before.
  EXPECT_EQ(one.held, 2);
  EXPECT_EQ(two.held, 1);
  for (Scripted* target : {&one, &two}) EXPECT_TRUE(target->try_retain());
  for (Scripted* target : {&one, &two}) target->release();
}

// Each task awaits the next, in gathers and alone; the cancel goes down to the leaf and the message with it.
Coro<int> at_depth(int depth, std::string& told) {
  if (depth == 0) {
    try {
      co_await sleep(1h);
    } catch (const CancelledError& error) {
      told = error.message();
      throw;
    }
    co_return 0;
  }
  if (depth % 2 == 0) {
    const Task<int> below = create_task(at_depth(depth - 1, told));
    co_return co_await below;
  }
  std::vector<Coro<int>> below;
  below.push_back(at_depth(depth - 1, told));
  const std::vector<int> results = co_await gather(std::move(below));
  co_return results.front();
}
class CancelRequestEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, CancelRequestEverywhere, every_setting, setting_name);

Coro<void> from_top_to_leaf(std::string& told) {
  const Task<int> top = create_task(at_depth(50, told));
  co_await sleep(1ms);
  EXPECT_TRUE(top.cancel("from the top"));
  bool cancelled = false;
  try {
    static_cast<void>(co_await top);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  EXPECT_TRUE(cancelled);
  EXPECT_TRUE(top.cancelled());
}
TEST_P(CancelRequestEverywhere, goes_from_a_task_through_all_that_it_waits_for) {
  std::string told;
  run_here(from_top_to_leaf(told));
  EXPECT_EQ(told, "from the top");
}

}  // namespace
}  // namespace weft::tests
