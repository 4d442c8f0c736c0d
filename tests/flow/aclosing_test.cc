#include "weft/runtime/flow/aclosing.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class AclosingEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, AclosingEverywhere, every_setting, setting_name);

AsyncGenerator<int> resource(Census& census, int& closed) {
  const Tracked local(census);
  std::exception_ptr leaving;
  try {
    for (int i = 0;; ++i) {
      co_await sleep(1ms);
      co_yield i;
    }
  } catch (...) {
    leaving = std::current_exception();
  }
  co_await sleep(1ms);
  ++closed;
  std::rethrow_exception(leaving);
}

Coro<void> every_result(Census& census, int& closed) {
  const auto number = [](AsyncGenerator<int>& gen) -> Coro<int> {
    const std::optional<int> x = co_await gen.next();
    co_return *x + 7;
  };
  EXPECT_EQ(co_await aclosing(resource(census, closed), number), 7);
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(census.alive(), 0);
  int target = 0;
  const auto refer = [&target](AsyncGenerator<int>&) -> Coro<int&> { co_return target; };
  int& referred = co_await aclosing(resource(census, closed), refer);
  EXPECT_EQ(&referred, &target);
  EXPECT_EQ(closed, 1);  // that one never began
  const auto only_movable = [](AsyncGenerator<int>& gen) -> Coro<std::unique_ptr<int>> {
    co_await gen.next();
    co_return std::make_unique<int>(5);
  };
  const std::unique_ptr<int> owned = co_await aclosing(resource(census, closed), only_movable);
  EXPECT_EQ(*owned, 5);
  EXPECT_EQ(closed, 2);
}
TEST_P(AclosingEverywhere, gives_what_its_block_gives_when_the_generator_is_closed) {
  Census census;
  int closed = 0;
  run_here(every_result(census, closed));
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> by_name(Census& census, int& closed) {
  AsyncGenerator<int> gen = resource(census, closed);
  const auto block = [](AsyncGenerator<int>& same) -> Coro<void> { co_await same.next(); };
  co_await aclosing(gen, block);
  EXPECT_EQ(closed, 1);
  EXPECT_TRUE(gen);
  EXPECT_FALSE((co_await gen.next()).has_value());
}
TEST_P(AclosingEverywhere, closes_a_generator_that_is_given_by_name_and_leaves_it_there) {
  Census census;
  int closed = 0;
  run_here(by_name(census, closed));
}

Coro<void> cancelled_in_the_block(Census& census, int& closed) {
  const auto body = [&]() -> Coro<void> {
    const auto block = [](AsyncGenerator<int>& gen) -> Coro<void> {
      co_await gen.next();
      co_await sleep(1h);
    };
    co_await aclosing(resource(census, closed), block);
  };
  const Task<void> task = create_task(body());
  co_await sleep(10ms);
  task.cancel();
  bool was_cancelled = false;
  try {
    co_await task;
  } catch (const CancelledError&) {
    was_cancelled = true;
  }
  EXPECT_TRUE(was_cancelled);
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(census.alive(), 0);
}
TEST_P(AclosingEverywhere, closes_the_generator_when_its_block_is_cancelled) {
  Census census;
  int closed = 0;
  run_here(cancelled_in_the_block(census, closed));
}

Coro<std::string> which_error(Census& census, int& closed) {
  const auto block = [](AsyncGenerator<int>& gen) -> Coro<void> {
    co_await gen.next();
    throw ValueError("of the block");
  };
  try {
    co_await aclosing(resource(census, closed), block);
  } catch (const ValueError& error) {
    co_return error.what();
  }
  co_return "nothing";
}
TEST_P(AclosingEverywhere, throws_what_its_block_throws_when_the_generator_is_closed) {
  Census census;
  int closed = 0;
  EXPECT_EQ(run_here(which_error(census, closed)), "of the block");
  EXPECT_EQ(closed, 1);
}

// Anything with an aclose() will do.
struct Connection {
  int& closed;
  Coro<void> aclose() {
    co_await sleep(1ms);
    ++closed;
  }
};
Coro<int> use_connection(int& closed) {
  const auto block = [](Connection& connection) -> Coro<int> { co_return connection.closed + 1; };
  co_return co_await aclosing(Connection{closed}, block);
}
TEST_P(AclosingEverywhere, closes_what_is_no_generator) {
  int closed = 0;
  EXPECT_EQ(run_here(use_connection(closed)), 1);
  EXPECT_EQ(closed, 1);
}

Coro<void> block_owns_its_callable(Census& census, int& closed) {
  Tracked captured(census, 3);
  const auto block = [captured](AsyncGenerator<int>& gen) -> Coro<int> {
    co_await gen.next();
    co_return captured.value;
  };
  EXPECT_EQ(co_await aclosing(resource(census, closed), block), 3);
  { const Coro<int> never_awaited = aclosing(resource(census, closed), block); }
}
TEST_P(AclosingEverywhere, moves_its_callable_into_the_frame_and_destroys_it_once) {
  Census census;
  int closed = 0;
  run_here(block_owns_its_callable(census, closed));
  EXPECT_EQ(census.alive(), 0);
}

}  // namespace
}  // namespace weft::tests
