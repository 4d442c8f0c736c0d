#include "weft/runtime/flow/joined.h"

#include <gtest/gtest.h>

#include <array>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class JoinedEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, JoinedEverywhere, every_setting, setting_name);

Coro<int> after(int delay_ms, int value) {
  if (delay_ms != 0) co_await sleep(std::chrono::milliseconds(delay_ms));
  co_return value;
}
Coro<bool> is_odd(int value) { co_return value % 2 == 1; }
Coro<int&> refer(int& target) { co_return target; }
Coro<std::unique_ptr<int>> box(int value) { co_return std::make_unique<int>(value); }
Coro<Tracked> give(Census& census) { co_return Tracked(census); }
Coro<int> fail() {
  co_await sleep(1ms);
  throw std::logic_error("one of them");
}

std::vector<Coro<int>> numbers(int count) {
  std::vector<Coro<int>> coros;
  for (int i = 0; i < count; ++i) coros.push_back(after(i * 5 % 3, i));
  return coros;
}

Coro<void> iterate() {
  const auto joined = co_await fork_join(numbers(20));
  EXPECT_EQ(joined.size(), 20u);
  EXPECT_FALSE(joined.empty());
  int expected = 0;
  for (const int number : joined) EXPECT_EQ(number, expected++);
  EXPECT_EQ(expected, 20);
  EXPECT_EQ(joined[7], 7);
  EXPECT_EQ(std::vector<int>(joined.begin(), joined.end()).at(19), 19);
}
TEST_P(JoinedEverywhere, is_iterated_and_indexed_in_argument_order) { run_here(iterate()); }

Coro<void> convert() {
  const std::vector<int> copied = co_await fork_join(numbers(9));
  EXPECT_EQ(copied.size(), 9u);
  EXPECT_EQ(copied.at(8), 8);
  std::vector<Coro<std::unique_ptr<int>>> boxes;
  for (int i = 0; i < 9; ++i) boxes.push_back(box(i));
  auto joined = co_await fork_join(std::move(boxes));
  const std::vector<std::unique_ptr<int>> moved = std::move(joined);
  EXPECT_EQ(*moved.at(8), 8);
}
TEST_P(JoinedEverywhere, becomes_a_vector_of_the_results_moved_out) { run_here(convert()); }

Coro<void> special_kinds() {
  std::array<Coro<bool>, 3> odd{is_odd(1), is_odd(2), is_odd(3)};
  const auto joined = co_await fork_join(odd);
  EXPECT_TRUE(joined[0] && !joined[1] && joined[2]);
  int target = 3;
  std::vector<Coro<int&>> refer_twice;
  refer_twice.push_back(refer(target));
  refer_twice.push_back(refer(target));
  for (const std::reference_wrapper<int> one : co_await fork_join(std::move(refer_twice))) ++one.get();
  EXPECT_EQ(target, 5);
}
TEST_P(JoinedEverywhere, holds_bools_and_references) { run_here(special_kinds()); }

Coro<void> use_in_place() {
  std::vector<Coro<int>> coros = numbers(4);
  std::span<Coro<int>> first_two(coros.data(), 2);
  {
    const auto joined = co_await fork_join(first_two);
    EXPECT_EQ(joined[0] + joined[1], 1);
  }
  EXPECT_FALSE(coros[0] || coros[1]) << "used, so empty";
  EXPECT_TRUE(coros[2] && coros[3]) << "never given away";
  const std::vector<int> others = co_await fork_join(std::span(coros).subspan(2));
  EXPECT_EQ(others.at(0) + others.at(1), 5);
  EXPECT_FALSE(coros[2] || coros[3]);
}
TEST_P(JoinedEverywhere, of_a_view_uses_the_coroutines_in_place_and_leaves_them_empty) { run_here(use_in_place()); }

Coro<void> move_out_of_a_list() {
  std::list<Coro<int>> list;
  list.push_back(after(1, 4));
  list.push_back(after(0, 5));
  const auto joined = co_await fork_join(list);
  EXPECT_FALSE(list.front() || list.back());
  EXPECT_EQ(joined[0] + joined[1], 9);
}
TEST_P(JoinedEverywhere, of_a_list_owns_the_coroutines) { run_here(move_out_of_a_list()); }

Coro<void> count_results(Census& census) {
  std::vector<Coro<Tracked>> coros;
  for (int i = 0; i < 3; ++i) coros.push_back(give(census));
  {
    const auto joined = co_await fork_join(coros);
    EXPECT_EQ(census.alive(), 3);
    EXPECT_EQ(joined.size(), 3u);
  }
  EXPECT_EQ(census.alive(), 0);
}
TEST_P(JoinedEverywhere, destroys_the_results_when_it_goes) {
  Census census;
  run_here(count_results(census));
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> fail_in_place() {
  std::vector<Coro<int>> coros = numbers(2);
  coros.push_back(fail());
  std::string what;
  try {
    for (const int never : co_await fork_join(coros)) ADD_FAILURE() << never;
  } catch (const std::logic_error& error) {
    what = error.what();
  }
  EXPECT_EQ(what, "one of them");
  for (const Coro<int>& coro : coros) EXPECT_FALSE(coro) << "an ended coroutine must not be awaited again";
}
TEST_P(JoinedEverywhere, is_not_made_when_a_child_fails_and_the_range_is_left_empty_too) { run_here(fail_in_place()); }

Coro<void> nothing_at_all() {
  const auto joined = co_await fork_join(std::vector<Coro<int>>());
  EXPECT_TRUE(joined.empty());
  EXPECT_TRUE(joined.begin() == joined.end());
}
TEST_P(JoinedEverywhere, of_nothing_is_empty) { run_here(nothing_at_all()); }

TEST(Joined, of_a_view_that_is_never_awaited_leaves_the_coroutines_empty) {
  Census census;
  std::vector<Coro<int>> coros;
  coros.push_back([](Tracked) -> Coro<int> { co_return 1; }(Tracked(census)));
  { const auto dropped = fork_join(coros); }
  EXPECT_FALSE(coros[0]);
  EXPECT_EQ(census.alive(), 0);
}

}  // namespace
}  // namespace weft::tests
