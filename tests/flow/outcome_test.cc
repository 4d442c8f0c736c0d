#include "weft/runtime/flow/outcome.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "weft/runtime/base/errors.h"

namespace weft::tests {
namespace {

TEST(Outcome, with_a_value_gives_it) {
  Outcome<std::string> outcome(std::string("value"));
  EXPECT_TRUE(outcome.ok());
  EXPECT_TRUE(outcome);
  EXPECT_FALSE(outcome.cancelled());
  EXPECT_EQ(outcome.exception(), nullptr);
  EXPECT_EQ(outcome.value(), "value");
  outcome.value() = "changed";
  EXPECT_EQ(std::as_const(outcome).value(), "changed");
  const std::string taken = std::move(outcome).value();
  EXPECT_EQ(taken, "changed");
}

TEST(Outcome, with_an_error_throws_it_each_time_as_the_same_object) {
  const auto error = std::make_exception_ptr(std::runtime_error("error"));
  const Outcome<int> outcome{StoredError(error)};
  EXPECT_FALSE(outcome.ok());
  EXPECT_FALSE(outcome.cancelled());
  EXPECT_TRUE(outcome.exception() == error);
  EXPECT_THROW(static_cast<void>(outcome.value()), std::runtime_error);
  EXPECT_THROW(static_cast<void>(outcome.value()), std::runtime_error);
}

TEST(Outcome, of_a_cancelled_child_says_so_and_throws_the_message) {
  const Outcome<int> outcome(StoredError::cancelled("why"));
  EXPECT_FALSE(outcome.ok());
  EXPECT_TRUE(outcome.cancelled());
  try {
    static_cast<void>(outcome.value());
    FAIL() << "it was cancelled";
  } catch (const CancelledError& error) {
    EXPECT_EQ(error.message(), "why");
  }
}

TEST(Outcome, of_nothing_and_of_a_reference_give_what_a_container_can_keep) {
  const Outcome<void> nothing(std::monostate{});
  EXPECT_TRUE(nothing.ok());
  int target = 1;
  Outcome<int&> reference{std::ref(target)};
  EXPECT_EQ(&reference.value().get(), &target);
}

TEST(Outcome, of_what_can_only_be_moved_can_be_moved) {
  Outcome<std::unique_ptr<int>> outcome(std::make_unique<int>(4));
  static_assert(!std::is_copy_constructible_v<Outcome<std::unique_ptr<int>>>);
  Outcome<std::unique_ptr<int>> moved = std::move(outcome);
  const std::unique_ptr<int> taken = std::move(moved).value();
  EXPECT_EQ(*taken, 4);
}

}  // namespace
}  // namespace weft::tests
