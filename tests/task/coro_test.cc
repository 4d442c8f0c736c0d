#include "weft/runtime/task/coro.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class CoroEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, CoroEverywhere, every_setting, setting_name);

struct alignas(64) Aligned {
  explicit Aligned(int number) : value(number) {}
  int value;
};
struct alignas(16) AlignedToSixteen {
  long double value;
};
struct NoDefault {
  NoDefault() = delete;
  explicit NoDefault(int number) : value(number) {}
  int value;
};

Coro<void> note(bool& flag) {
  flag = true;
  co_return;
}
Coro<std::unique_ptr<int>> make_unique_int(int value) { co_return std::make_unique<int>(value); }
Coro<Aligned> make_aligned(int value) { co_return Aligned(value); }
Coro<AlignedToSixteen> make_sixteen() { co_return AlignedToSixteen{2.5L}; }
Coro<NoDefault> make_no_default(int value) { co_return NoDefault(value); }
Coro<int&> refer(int& value) { co_return value; }
Coro<const std::string&> refer_const(const std::string& value) { co_return value; }
Coro<std::string> make_string() { co_return "a string that is too long for the small buffer"; }
Coro<std::exception_ptr> give_exception_as_value() { co_return std::make_exception_ptr(ValueError("a value")); }

Coro<void> all_results() {
  bool ran = false;
  co_await note(ran);
  EXPECT_TRUE(ran);

  const std::unique_ptr<int> unique = co_await make_unique_int(4);
  EXPECT_EQ(*unique, 4);

  const Aligned aligned = co_await make_aligned(5);
  EXPECT_EQ(aligned.value, 5);
  const AlignedToSixteen sixteen = co_await make_sixteen();
  EXPECT_EQ(sixteen.value, 2.5L);
  const NoDefault no_default = co_await make_no_default(6);
  EXPECT_EQ(no_default.value, 6);

  int target = 1;
  int& reference = co_await refer(target);
  EXPECT_EQ(&reference, &target);
  const std::string text = "text";
  const std::string& same_text = co_await refer_const(text);
  EXPECT_EQ(&same_text, &text);

  EXPECT_EQ((co_await make_string()).size(), 46u);
  const std::exception_ptr value = co_await give_exception_as_value();
  EXPECT_EQ(text_of(value), "weft::ValueError: a value");
}
TEST_P(CoroEverywhere, gives_results_of_every_kind) { run_here(all_results()); }

TEST(Coro, keeps_an_over_aligned_result_aligned) {
  Room<Aligned> room;
  room.construct(3);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&room.get()) % 64, 0u);
  room.destroy();
}

TEST(Coro, is_move_only_and_tells_whether_it_holds_a_coroutine) {
  static_assert(!std::is_copy_constructible_v<Coro<int>>);
  static_assert(std::is_nothrow_move_constructible_v<Coro<int>>);
  const Coro<void> empty;
  EXPECT_FALSE(empty);
  bool ran = false;
  Coro<void> first = note(ran);
  EXPECT_TRUE(first);
  Coro<void> second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): the contract names this state
  EXPECT_TRUE(second);
  Coro<void>& same = second;
  second = std::move(same);
  EXPECT_TRUE(second);
  EXPECT_FALSE(ran);
}

Coro<int> hold(Tracked tracked, bool& ran) {
  ran = true;
  co_return tracked.value;
}

TEST(Coro, that_is_never_awaited_does_not_run_and_destroys_its_parameters_once) {
  Census census;
  bool ran = false;
  {
    const Coro<int> dropped = hold(Tracked(census), ran);
    EXPECT_EQ(census.alive(), 1);
  }
  EXPECT_FALSE(ran);
  EXPECT_EQ(census.alive(), 0);
  EXPECT_EQ(census.copied, 0);
}

TEST(Coro, assigned_over_destroys_the_coroutine_it_held) {
  Census old_census;
  Census new_census;
  bool ran = false;
  Coro<int> coro = hold(Tracked(old_census), ran);
  coro = hold(Tracked(new_census), ran);
  EXPECT_EQ(old_census.alive(), 0);
  EXPECT_EQ(new_census.alive(), 1);
}

Coro<void> lazy_and_in_place() {
  Census census;
  bool ran = false;
  Coro<int> coro = hold(Tracked(census, 7), ran);
  co_await sleep(0s);
  EXPECT_FALSE(ran);
  const AnyTask outside = current_task();
  EXPECT_EQ(co_await std::move(coro), 7);
  EXPECT_TRUE(ran);
  EXPECT_EQ(census.alive(), 0);
  EXPECT_FALSE(coro);
  EXPECT_TRUE(current_task() == outside);
}
TEST_P(CoroEverywhere, runs_when_it_is_awaited_inside_the_awaiting_task) { run_here(lazy_and_in_place()); }

Coro<void> await_twice(std::string& said) {
  bool ran = false;
  Coro<void> coro = note(ran);
  co_await std::move(coro);
  try {
    co_await std::move(coro);
  } catch (const RuntimeError& error) {
    said = error.what();
  }
}
TEST_P(CoroEverywhere, awaited_a_second_time_raises) {
  std::string said;
  run_here(await_twice(said));
  EXPECT_NE(said.find("awaited already"), std::string::npos) << said;
}

// --- exceptions ------------------------------------------------------------------------------------------------------

Coro<int> fail_at_depth(int depth, Census& census) {
  const Tracked local(census);
  if (depth == 0) {
    co_await sleep(1ms);
    throw ValueError("from the depth");
  }
  const int below = co_await fail_at_depth(depth - 1, census);
  co_return below + 1;
}
Coro<void> catch_above(Census& census) {
  std::string said;
  try {
    static_cast<void>(co_await fail_at_depth(50, census));
  } catch (const ValueError& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "from the depth");
  EXPECT_EQ(census.alive(), 0);
  EXPECT_EQ(census.born, 51);
}
TEST_P(CoroEverywhere, passes_an_exception_through_fifty_levels_and_destroys_each_ones_locals) {
  Census census;
  run_here(catch_above(census));
}

Coro<int> translate() {
  Census census;
  try {
    co_return co_await fail_at_depth(3, census);
  } catch (const ValueError&) {
    throw RuntimeError("translated");
  }
}
Coro<std::string> what_of_translated() {
  try {
    static_cast<void>(co_await translate());
  } catch (const RuntimeError& error) {
    co_return error.what();
  }
  co_return "nothing";
}
TEST_P(CoroEverywhere, may_replace_an_exception_by_another) { EXPECT_EQ(run_here(what_of_translated()), "translated"); }

struct ThrowsWhenMoved {
  ThrowsWhenMoved() = default;
  ThrowsWhenMoved(ThrowsWhenMoved&&) { throw ValueError("moved"); }
};
Coro<ThrowsWhenMoved> return_what_cannot_be_moved() { co_return ThrowsWhenMoved(); }
Coro<std::string> what_of_a_failing_move() {
  try {
    static_cast<void>(co_await return_what_cannot_be_moved());
  } catch (const ValueError& error) {
    co_return error.what();
  }
  co_return "nothing";
}
TEST(Coro, whose_result_cannot_be_stored_ends_with_what_the_move_threw) {
  EXPECT_EQ(run_in_order(what_of_a_failing_move()), "moved");
}

struct ThrowsWhenCopied {
  ThrowsWhenCopied() = default;
  ThrowsWhenCopied(const ThrowsWhenCopied&) { throw ValueError("parameter"); }
};
Coro<void> take_parameters(Tracked first, ThrowsWhenCopied second, Tracked third) {
  static_cast<void>(first);
  static_cast<void>(second);
  static_cast<void>(third);
  co_return;
}
TEST(Coro, whose_parameter_cannot_be_moved_throws_at_the_call_and_leaks_nothing) {
  Census census;
  const ThrowsWhenCopied throwing;
  EXPECT_THROW(static_cast<void>(take_parameters(Tracked(census), throwing, Tracked(census))), ValueError);
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> throw_an_int() {
  co_await sleep(0s);
  throw 42;
}
Coro<int> catch_an_int() {
  try {
    co_await throw_an_int();
  } catch (int value) {
    co_return value;
  }
  co_return 0;
}
TEST_P(CoroEverywhere, passes_what_is_no_std_exception) { EXPECT_EQ(run_here(catch_an_int()), 42); }

// --- shapes that compilers got wrong ----------------------------------------------------------------------------------

Coro<int> without_stack_variables() { co_return 1; }
Coro<int> only_an_await() { co_return co_await without_stack_variables(); }
Coro<int> sum_in_one_expression() {
  co_return co_await without_stack_variables() + co_await only_an_await() + co_await only_an_await();
}
TEST_P(CoroEverywhere, without_variables_of_its_own_gives_the_right_value) {
  EXPECT_EQ(run_here(sum_in_one_expression()), 3);
}

Coro<int> fibonacci(int n) {
  if (n < 2) co_return n;
  const int a = co_await fibonacci(n - 1);
  const int b = co_await fibonacci(n - 2);
  co_return a + b;
}
TEST_P(CoroEverywhere, recursion_gives_the_right_value) { EXPECT_EQ(run_here(fibonacci(18)), 2584); }

}  // namespace
}  // namespace weft::tests
