#include "weft/runtime/base/errors.h"

#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace weft {
namespace {

template <class Base, class Error>
constexpr bool derives = std::is_base_of_v<Base, Error>;

TEST(Errors, a_handler_for_std_exception_does_not_catch_a_cancellation_or_an_interrupt) {
  static_assert(!derives<std::exception, CancelledError>);
  static_assert(!derives<std::exception, KeyboardInterrupt>);
  std::string caught;
  try {
    try {
      throw CancelledError("stop");
    } catch (const std::exception&) {
      caught = "as a std::exception";
    }
  } catch (const CancelledError& error) {
    caught = error.message();
  }
  EXPECT_EQ(caught, "stop");
}

TEST(Errors, a_cancellation_without_a_message_has_an_empty_one) { EXPECT_EQ(CancelledError().message(), ""); }

TEST(Errors, an_interrupt_names_its_signal) {
  EXPECT_NE(std::string(KeyboardInterrupt().message()).find("SIGINT"), std::string::npos);
}

TEST(Errors, each_error_is_caught_as_the_standard_class_it_stands_for) {
  static_assert(derives<std::runtime_error, RuntimeError>);
  static_assert(derives<std::invalid_argument, ValueError>);
  static_assert(derives<std::out_of_range, LookupError>);
  static_assert(derives<std::runtime_error, TimeoutError>);
  static_assert(derives<std::logic_error, InvalidStateError>);
  try {
    throw ValueError("workers is -1");
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "workers is -1");
  }
}

TEST(Errors, a_timeout_says_so_unless_it_is_told_more) {
  EXPECT_STREQ(TimeoutError().what(), "the deadline passed");
  EXPECT_STREQ(TimeoutError("no answer within 3 s").what(), "no answer within 3 s");
}

TEST(Errors, a_broken_invariant_ends_the_process_with_its_sentence) {
  EXPECT_DEATH(broken_invariant("the count is 3, it must be 0"),
               "weft: broken invariant: the count is 3, it must be 0");
}

}  // namespace
}  // namespace weft
