#include "weft/runtime/flow/in_frame.h"

#include <gtest/gtest.h>

#include <memory>

namespace weft::tests {
namespace {

TEST(InFrame, takes_named_callables_of_any_kind_and_temporaries_without_a_destructor) {
  const auto plain = [] {};
  const auto captures = [owned = std::make_shared<int>(1)] { return *owned; };
  check_in_frame<decltype(plain)>();
  check_in_frame<decltype(plain)&>();
  check_in_frame<decltype(captures)&>();
  if constexpr (!kTemporariesDieTwice) check_in_frame<decltype(captures)>();
  SUCCEED();
}

}  // namespace
}  // namespace weft::tests
