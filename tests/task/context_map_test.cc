#include "weft/runtime/task/context_map.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "weft/runtime/base/random.h"

namespace weft::tests {
namespace {

using Map = Ref<const ContextMap>;

Ref<const ContextVariable> make_variable(const std::string& name = "v") {
  return make_counted<const ContextVariable>(name, Ref<const ContextBinding>());
}
Ref<const ContextBinding> bind(const Ref<const ContextVariable>& variable, int value) {
  return Ref<const ContextBinding>::taking(new ContextBindingOf<int>(variable, value));
}
// -1: none.
int value_in(const Map& map, const Ref<const ContextVariable>& variable) {
  const ContextBinding* found = ContextMap::find(map.get(), variable->number());
  return found == nullptr ? -1 : static_cast<const ContextBindingOf<int>*>(found)->value();
}

TEST(ContextMap, the_empty_map_is_a_null_pointer) {
  const auto variable = make_variable();
  EXPECT_EQ(ContextMap::size(nullptr), 0u);
  EXPECT_EQ(ContextMap::find(nullptr, variable->number()), nullptr);
  EXPECT_TRUE(ContextMap::bindings(nullptr).empty());
  EXPECT_FALSE(ContextMap::without(nullptr, variable->number()));
}

TEST(ContextMap, a_changed_map_leaves_the_old_one_as_it_was) {
  const auto variable = make_variable();
  const Map one = ContextMap::with(nullptr, bind(variable, 1));
  const Map two = ContextMap::with(one.get(), bind(variable, 2));
  const Map none = ContextMap::without(two.get(), variable->number());
  EXPECT_EQ(value_in(one, variable), 1);
  EXPECT_EQ(value_in(two, variable), 2);
  EXPECT_EQ(ContextMap::size(two.get()), 1u);
  EXPECT_FALSE(none) << "a map without a value is the empty map";
}

TEST(ContextMap, taking_out_what_is_not_there_gives_the_same_map) {
  const auto variable = make_variable();
  const auto other = make_variable();
  const Map one = ContextMap::with(nullptr, bind(variable, 1));
  EXPECT_TRUE(ContextMap::without(one.get(), other->number()) == one);
}

TEST(ContextMap, equal_names_are_different_variables) {
  const auto one = make_variable("same");
  const auto two = make_variable("same");
  Map map = ContextMap::with(nullptr, bind(one, 1));
  map = ContextMap::with(map.get(), bind(two, 2));
  EXPECT_EQ(value_in(map, one), 1);
  EXPECT_EQ(value_in(map, two), 2);
}

TEST(ContextMap, lists_its_bindings_in_the_order_of_the_variables) {
  std::vector<Ref<const ContextVariable>> variables;
  for (int i = 0; i < 40; ++i) variables.push_back(make_variable());
  Map map;
  for (std::size_t i = variables.size(); i-- > 0;)
    map = ContextMap::with(map.get(), bind(variables[i], static_cast<int>(i)));
  const auto bindings = ContextMap::bindings(map.get());
  ASSERT_EQ(bindings.size(), 40u);
  for (std::size_t i = 0; i < bindings.size(); ++i) EXPECT_EQ(&bindings[i]->variable(), variables[i].get());
}

// Numbers that lie 16 and 256 apart meet in the upper levels.
TEST(ContextMap, agrees_with_a_plain_map_through_ten_thousand_changes) {
  std::vector<Ref<const ContextVariable>> variables;
  for (int i = 0; i < 600; ++i) variables.push_back(make_variable());
  Random random(1);
  std::map<std::size_t, int> expected;
  Map map;
  for (int step = 0; step < 10'000; ++step) {
    const std::size_t which = (random.next() % 4 == 0 ? random.next() * 256 : random.next()) % variables.size();
    if (random.next() % 5 < 2) {
      expected.erase(which);
      map = ContextMap::without(map.get(), variables[which]->number());
    } else {
      expected[which] = step;
      map = ContextMap::with(map.get(), bind(variables[which], step));
    }
    ASSERT_EQ(ContextMap::size(map.get()), expected.size());
  }
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const auto found = expected.find(i);
    EXPECT_EQ(value_in(map, variables[i]), found == expected.end() ? -1 : found->second);
  }
  for (const auto& variable : variables) map = ContextMap::without(map.get(), variable->number());
  EXPECT_FALSE(map);
}

}  // namespace
}  // namespace weft::tests
