#include "weft/primitives/counted_value.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>

namespace weft::tests {
namespace {

TEST(CountedValue, is_reached_through_what_is_only_known_to_be_counted) {
  const Ref<Counted> text =
      Ref<Counted>::taking(make_counted<CountedValue<std::string>>(std::size_t{3}, 'x').release());
  EXPECT_EQ(CountedValue<std::string>::of(*text), "xxx");
}

TEST(CountedValue, goes_with_the_last_reference) {
  const auto token = std::make_shared<int>();
  {
    auto first = make_counted<CountedValue<std::shared_ptr<int>>>(token);
    const auto second = first;
    first = {};
    EXPECT_EQ(token.use_count(), 2);
  }
  EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace weft::tests
