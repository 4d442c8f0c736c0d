#include "weft/runtime/flow/awaited.h"

#include <gtest/gtest.h>

#include <memory>
#include <type_traits>

#include "weft/weft.h"

namespace weft::tests {
namespace {

TEST(Awaited, is_what_the_await_gives_but_never_a_reference_into_a_handle_that_is_given_away) {
  using Owner = std::unique_ptr<int>;
  static_assert(std::is_same_v<Awaited<Coro<int>>, int>);
  static_assert(std::is_same_v<Awaited<Coro<void>>, void>);
  static_assert(std::is_same_v<Awaited<Coro<int&>>, int&>);
  static_assert(std::is_same_v<Awaited<Coro<Owner>>, Owner>);
  static_assert(std::is_same_v<Awaited<Task<int>&>, int>);
  static_assert(std::is_same_v<Awaited<const Task<Owner>&>, Owner&>);
  static_assert(std::is_same_v<Awaited<Task<Owner>>, Owner>);
  static_assert(std::is_same_v<Awaited<Task<int&>>, int&>);
  static_assert(std::is_same_v<Awaited<Future<void>&>, void>);
  SUCCEED();
}

}  // namespace
}  // namespace weft::tests
