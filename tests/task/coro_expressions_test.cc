// Twelve forms of a co_await expression: whatever is made for one is destroyed once (compilers have destroyed temporaries of
// such expressions twice, or copied them bit by bit).
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"
#include "weft/runtime/task/coro.h"

namespace weft::tests {
namespace {

class CoroExpressions : public EverySetting {
 protected:
  // Runs the form and compares what was made with what was destroyed.
  void check(Coro<int> (*form)(Census&), int expected) {
    Census census;
    EXPECT_EQ(run_here(form(census)), expected);
    EXPECT_GT(census.born, 0);
    EXPECT_EQ(census.born, census.died);
  }
};
INSTANTIATE_TEST_SUITE_P(workers, CoroExpressions, every_setting, setting_name);

Coro<int> by_value(Tracked tracked) {
  co_await sleep(0s);
  co_return tracked.value;
}
Coro<int> by_reference(const Tracked& tracked) {
  co_await sleep(1ms);
  co_return tracked.value;
}
Coro<Tracked> give(Census& census, int value) {
  co_await sleep(0s);
  co_return Tracked(census, value);
}
template <class Function>
Coro<int> call(Function function) {
  co_await sleep(0s);
  co_return function();
}

Coro<int> temporary_by_value(Census& census) { co_return co_await by_value(Tracked(census, 1)); }
TEST_P(CoroExpressions, a_temporary_given_by_value) { check(temporary_by_value, 1); }

Coro<int> local_by_copy(Census& census) {
  const Tracked local(census, 2);
  const int first = co_await by_value(local);
  co_return first + local.value;
}
TEST_P(CoroExpressions, a_local_given_by_copy) { check(local_by_copy, 4); }

Coro<int> local_by_move(Census& census) {
  Tracked local(census, 3);
  const int first = co_await by_value(std::move(local));
  co_return first + local.value;  // NOLINT(bugprone-use-after-move): a moved-from Tracked is -1
}
TEST_P(CoroExpressions, a_local_given_by_move) { check(local_by_move, 2); }

Coro<int> local_by_reference(Census& census) {
  const Tracked local(census, 4);
  co_return co_await by_reference(local);
}
TEST_P(CoroExpressions, a_local_given_by_reference) { check(local_by_reference, 4); }

Coro<int> temporary_by_reference(Census& census) { co_return co_await by_reference(Tracked(census, 5)); }
TEST_P(CoroExpressions, a_temporary_given_by_reference_lives_until_the_await_ends) { check(temporary_by_reference, 5); }

Coro<int> discarded_result(Census& census) {
  static_cast<void>(co_await give(census, 6));
  co_return 6;
}
TEST_P(CoroExpressions, a_result_that_is_discarded) { check(discarded_result, 6); }

Coro<int> member_of_result(Census& census) { co_return (co_await give(census, 7)).value; }
TEST_P(CoroExpressions, a_member_of_a_result) { check(member_of_result, 7); }

Coro<int> result_bound_to_reference(Census& census) {
  const Tracked& bound = co_await give(census, 8);
  co_await sleep(0s);
  co_return bound.value;
}
TEST_P(CoroExpressions, a_result_bound_to_a_reference_lives_on) { check(result_bound_to_reference, 8); }

Coro<int> result_as_argument(Census& census) { co_return co_await by_value(co_await give(census, 9)); }
TEST_P(CoroExpressions, a_result_that_is_an_argument_of_the_next_await) { check(result_as_argument, 9); }

Coro<int> two_in_one_expression(Census& census) {
  co_return co_await by_value(Tracked(census, 4)) + co_await by_value(Tracked(census, 6));
}
TEST_P(CoroExpressions, two_awaits_in_one_expression) { check(two_in_one_expression, 10); }

Coro<int> named_capturing_lambda(Census& census) {
  const Tracked captured(census, 11);
  const auto function = [captured] { return captured.value; };
  co_return co_await call(function);
}
TEST_P(CoroExpressions, a_capturing_lambda_that_has_a_name) { check(named_capturing_lambda, 11); }

Coro<int> await_in_condition(Census& census) {
  int sum = 0;
  for (int turn = 0; co_await by_value(Tracked(census, turn)) < 3; ++turn) sum += turn;
  if (co_await by_value(Tracked(census, 9)) == 9) sum += 9;
  co_return sum;
}
TEST_P(CoroExpressions, an_await_in_the_condition_of_a_loop_and_of_an_if) { check(await_in_condition, 12); }

Coro<int> awaited_parts_of_gather(Census& census) {
  const auto both = co_await gather(by_value(Tracked(census, 5)), give(census, 8));
  co_return std::get<0>(both) + std::get<1>(both).value;
}
TEST_P(CoroExpressions, parameters_and_results_of_gathered_children) { check(awaited_parts_of_gather, 13); }

Coro<int> awaited_parts_of_fork_join(Census& census) {
  const auto both = co_await fork_join(by_value(Tracked(census, 6)), give(census, 8));
  co_return std::get<0>(both) + std::get<1>(both).value;
}
TEST_P(CoroExpressions, parameters_and_results_of_forked_children) { check(awaited_parts_of_fork_join, 14); }

Coro<int> thrown_over(Census& census) {
  const Tracked local(census, 15);
  const Tracked parameter(census);
  static_cast<void>(parameter);
  co_await sleep(0s);
  throw local;
}
Coro<int> caught_object(Census& census) {
  try {
    co_return co_await thrown_over(census);
  } catch (const Tracked& caught) {
    co_return caught.value;
  }
}
TEST_P(CoroExpressions, an_object_that_is_thrown) { check(caught_object, 15); }

Coro<int> await_parameter(Coro<int> inner) {
  co_await sleep(0s);
  co_return co_await std::move(inner);
}
Coro<int> drop_parameter(Coro<int>) { co_return 3; }
Coro<int> coroutine_as_parameter(Census& census) {
  const int awaited = co_await await_parameter(by_value(Tracked(census, 16)));
  const int dropped = co_await drop_parameter(by_value(Tracked(census, 1)));
  { const Coro<int> never_awaited = await_parameter(by_value(Tracked(census, 1))); }
  Coro<int> named = by_value(Tracked(census, 4));
  co_return awaited + dropped + co_await await_parameter(std::move(named));
}
TEST_P(CoroExpressions, a_coroutine_given_by_value_to_a_coroutine) { check(coroutine_as_parameter, 23); }

Coro<int> coroutine_as_task_parameter(Census& census) {
  Coro<int> named = by_value(Tracked(census, 5));
  const Task<int> task =
      create_task([](Coro<int> inner) -> Coro<int> { co_return co_await std::move(inner); }, std::move(named));
  co_return co_await task;
}
TEST_P(CoroExpressions, a_coroutine_given_to_a_callable_of_create_task) { check(coroutine_as_task_parameter, 5); }

}  // namespace
}  // namespace weft::tests
