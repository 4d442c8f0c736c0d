// Joins on the fork deque under every interleaving: exactly one party resumes the parent, it sees what every child did, and
// nobody touches the join after that. The children end as Join's do; JoinCount and ForkDeque are the ones that ship.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "model/harness.h"
#include "weft/runtime/sched/fork_deque.h"
#include "weft/runtime/task/join_count.h"

namespace weft::model {
namespace {

struct Child {
  Plain<int> result;
  Plain<std::uint32_t> carry{1};
  int runs = 0;
};

using Deque = ForkDeque<Child, Atomics>;

// The count lies in the parent's frame, which is gone once the parent was resumed.
class Frame {
 public:
  Frame() { std::construct_at(&count_); }
  ~Frame() {
    if (!gone_) std::destroy_at(&count_);
  }
  JoinCount<Atomics>& count() { return count_; }
  void resume() {
    gone_ = true;
    std::destroy_at(&count_);
  }

 private:
  union {
    JoinCount<Atomics> count_;
  };
  bool gone_ = false;
};

struct Join {
  explicit Join(std::size_t size) : children(size) {}

  void start(Deque& deque) {
    frame.count().reset(static_cast<std::uint32_t>(children.size()));
    for (std::size_t i = children.size(); i-- > 1;)
      if (deque.push(&children[i])) deque.share();
    run(children[0], deque);
  }

  void run(Child& first, Deque& deque) {
    Child* child = &first;
    for (;;) {
      check(++child->runs == 1, "a child runs once");
      child->result.set(7);
      const std::uint32_t carry = child->carry.get();
      if (frame.count().is_all(carry)) break;
      child = deque.pop();
      if (child == nullptr) {
        if (!frame.count().subtract(carry)) return;
        break;
      }
      child->carry.set(carry + 1);
    }
    check(++resumed == 1, "the parent is resumed once");
    for (const Child& each : children) check(each.result.get() == 7, "the parent sees every child's result");
    frame.resume();
  }

  void steal_and_run(Deque& victim, Deque& own) {
    Child* child = nullptr;
    if (victim.steal(child) == StealResult::stolen) run(*child, own);
  }

  Frame frame;
  std::vector<Child> children;
  int resumed = 0;
};

void children_stolen_one_by_one(Execution& e) {
  Deque owner(2), one(1), two(1);
  Join join(3);
  e.thread("owner", [&] {
    owner.request();
    join.start(owner);
  });
  e.thread("one", [&] { join.steal_and_run(owner, one); });
  e.thread("two", [&] { join.steal_and_run(owner, two); });
  e.finally([&] { check(join.resumed == 1, "the parent is resumed"); });
}

void a_child_taken_by_force(Execution& e) {
  Deque owner(1), thief(1);
  Join join(2);
  e.thread("owner", [&] { join.start(owner); });
  e.thread("thief", [&] {
    static_cast<void>(owner.force());
    join.steal_and_run(owner, thief);
  });
  e.finally([&] { check(join.resumed == 1, "the parent is resumed"); });
}

void children_that_only_subtract(Execution& e) {
  Join join(3);
  join.frame.count().reset(3);
  for (const char* name : {"one", "two", "three"}) {
    e.thread(name, [&join, &child = join.children[static_cast<std::size_t>(name[1] == 'n'   ? 0
                                                                           : name[1] == 'w' ? 1
                                                                                            : 2)]] {
      child.result.set(7);
      if (!join.frame.count().subtract(1)) return;
      check(++join.resumed == 1, "the parent is resumed once");
      for (const Child& each : join.children) check(each.result.get() == 7, "the parent sees every child's result");
      join.frame.resume();
    });
  }
  e.finally([&] { check(join.resumed == 1, "the parent is resumed"); });
}

std::vector<Scenario> scenarios() {
  return {{"children that only subtract", children_that_only_subtract},
          {"children stolen one by one", children_stolen_one_by_one, {.stale_reads = 1}},
          {"a child taken by force", a_child_taken_by_force, {.stale_reads = 1}}};
}

TEST(JoinCountModel, the_parent_is_resumed_once_and_sees_every_result) { explore_all(scenarios()); }

TEST(JoinCountModel, a_weaker_subtraction_is_noticed) {
  using Effect = Mutation::Effect;
  const Survey found = survey(scenarios(), "join_count.h");
  std::printf("%s", found.table().c_str());
  EXPECT_TRUE(found.unchanged_passed());
  EXPECT_THAT(found.survivors(Effect::order), testing::IsEmpty());
  EXPECT_THAT(found.caught(Effect::order), testing::SizeIs(2));
}

}  // namespace
}  // namespace weft::model
