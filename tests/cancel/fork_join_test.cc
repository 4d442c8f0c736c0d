// Cancelled wherever a fork_join is. All children have ended when the cancel is thrown: they borrow what is the parent's.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <tuple>
#include <utility>
#include <vector>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

// Says so when a child outlives the scope that it borrows from.
class Borrowed {
 public:
  explicit Borrowed(Probe& probe) : probe_(probe) {}
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() { probe_.expect(borrowers_ == 0, "a child outlives the coroutine that forked it"); }
  class Loan {
   public:
    explicit Loan(Borrowed& owner) noexcept : owner_(owner) { ++owner_.borrowers_; }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { --owner_.borrowers_; }

   private:
    Borrowed& owner_;
  };

 private:
  Probe& probe_;
  std::atomic<int> borrowers_{0};
};

Coro<int> borrows(Borrowed& owner, std::chrono::milliseconds delay, int number) {
  const Borrowed::Loan loan(owner);
  co_await sleep(delay);
  co_return number;
}

Coro<void> of_two(Probe& probe) {
  Borrowed owner(probe);
  const auto both = co_await fork_join(borrows(owner, 3ms, 1), borrows(owner, 1ms, 2));
  probe.expect(std::get<0>(both) == 1 && std::get<1>(both) == 2, "the results are not in argument order");
}
TEST(CancelForkJoin, of_two_children_that_suspend) { everywhere(of_two); }

Coro<void> of_a_range(Probe& probe) {
  Borrowed owner(probe);
  std::vector<Coro<int>> coros;
  for (int i = 0; i < 5; ++i) coros.push_back(borrows(owner, std::chrono::milliseconds(i % 3), i));
  const std::vector<int> numbers = co_await fork_join(std::move(coros));
  probe.expect(numbers.size() == 5 && numbers[4] == 4, "a result is wrong");
}
TEST(CancelForkJoin, of_a_range) { everywhere(of_a_range); }

Coro<void> of_an_array_in_place(Probe& probe) {
  Borrowed owner(probe);
  std::array<Coro<int>, 3> coros{borrows(owner, 1ms, 1), borrows(owner, 0ms, 2), borrows(owner, 2ms, 3)};
  const std::vector<int> numbers = co_await fork_join(coros);
  probe.expect(numbers.size() == 3 && numbers[0] == 1, "a result is wrong");
}
TEST(CancelForkJoin, of_an_array_that_stays_in_place) { everywhere(of_an_array_in_place); }

Coro<int> tree(Probe& probe, int depth) {
  Borrowed owner(probe);
  if (depth == 0) {
    co_await sleep(1ms);
    co_return 1;
  }
  const auto both = co_await fork_join(tree(probe, depth - 1), tree(probe, depth - 1));
  co_return std::get<0>(both) + std::get<1>(both);
}
Coro<void> nested(Probe& probe) { probe.expect(co_await tree(probe, 3) == 8, "a leaf is lost"); }
TEST(CancelForkJoin, nested) { everywhere(nested); }

Coro<int> mixed_tree(Probe& probe, int depth) {
  Borrowed owner(probe);
  if (depth == 0) co_return 1;
  if (depth == 2) co_await sleep(0s);
  const auto both = co_await fork_join(mixed_tree(probe, depth - 1), mixed_tree(probe, depth - 1));
  co_return std::get<0>(both) + std::get<1>(both);
}
Coro<void> computing(Probe& probe) {
  co_await sleep(0s);
  probe.expect(co_await mixed_tree(probe, 6) == 64, "a leaf is lost");
}
TEST(CancelForkJoin, whose_leaves_compute) { everywhere(computing, {.repeats = 60}); }

Coro<int> catches(Borrowed& owner) {
  const Borrowed::Loan loan(owner);
  try {
    co_await sleep(2ms);
  } catch (const CancelledError&) {
    co_return 0;
  }
  co_return 1;
}
Coro<void> of_catching_children(Probe& probe) {
  Borrowed owner(probe);
  co_await fork_join(catches(owner), catches(owner));
}
TEST(CancelForkJoin, whose_children_swallow_the_cancel) { everywhere(of_catching_children); }

Coro<int> cleans_up(Borrowed& owner, Census& census) {
  const Borrowed::Loan loan(owner);
  co_return co_await number_with_clean_up(2ms, 1, census);
}
Coro<void> of_cleaning_children(Probe& probe) {
  Census& census = census_of(probe);
  Borrowed owner(probe);
  co_await fork_join(cleans_up(owner, census), cleans_up(owner, census), borrows(owner, 1ms, 1));
}
TEST(CancelForkJoin, whose_children_await_while_they_clean_up) { everywhere(of_cleaning_children); }

Coro<int> fails(Borrowed& owner) {
  const Borrowed::Loan loan(owner);
  co_await sleep(1ms);
  throw ValueError("on purpose");
}
// Whether the failure or the cancel is thrown depends on which came first.
Coro<void> of_failing_children(Probe& probe) {
  probe.may_fail();
  Borrowed owner(probe);
  co_await fork_join(borrows(owner, 3ms, 1), fails(owner), fails(owner));
}
TEST(CancelForkJoin, whose_children_fail) {
  const CancelReport report = everywhere(of_failing_children);
  EXPECT_GT(report.failed, 0u);
}

Coro<int> looks_at_itself(Borrowed& owner) {
  const Borrowed::Loan loan(owner);
  const AnyTask me = current_task();
  co_await sleep(0s);
  co_await sleep(1ms);
  co_return me == current_task() ? 1 : 0;
}
Coro<void> of_visible_children(Probe& probe) {
  Borrowed owner(probe);
  const auto both = co_await fork_join(looks_at_itself(owner), looks_at_itself(owner));
  probe.expect(std::get<0>(both) + std::get<1>(both) == 2, "a child is another task after it has slept");
}
TEST(CancelForkJoin, whose_children_ask_who_they_are) { everywhere(of_visible_children); }

Coro<int> joins(Borrowed& owner, Census& census) {
  const Borrowed::Loan loan(owner);
  const auto both = co_await gather(number_after(1ms, 1, census), number_after(2ms, 2, census));
  co_return std::get<0>(both) + std::get<1>(both);
}
Coro<void> around_gathers(Probe& probe) {
  Census& census = census_of(probe);
  Borrowed owner(probe);
  const auto both = co_await fork_join(joins(owner, census), joins(owner, census));
  probe.expect(std::get<0>(both) == 3 && std::get<1>(both) == 3, "a result is wrong");
}
TEST(CancelForkJoin, around_gathers) { everywhere(around_gathers); }

Coro<void> in_a_row(Probe& probe) {
  Borrowed owner(probe);
  for (int i = 0; i < 3; ++i) co_await fork_join(borrows(owner, 1ms, 1), borrows(owner, 0ms, 2));
}
TEST(CancelForkJoin, several_in_a_row) { everywhere(in_a_row); }

}  // namespace
}  // namespace weft::tests
