#include "weft/runtime/task/context_slot.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

Ref<const ContextVariable> make_variable() {
  return make_counted<const ContextVariable>("v", Ref<const ContextBinding>());
}
Ref<const ContextBinding> bind(const Ref<const ContextVariable>& variable, int value) {
  return Ref<const ContextBinding>::taking(new ContextBindingOf<int>(variable, value));
}
int value_of(const ContextBinding* binding) {
  return binding == nullptr ? -1 : static_cast<const ContextBindingOf<int>*>(binding)->value();
}

TEST(ContextSlot, begins_empty_and_without_a_core) {
  const ContextSlot slot;
  EXPECT_EQ(slot.core_or_null(), nullptr);
  EXPECT_FALSE(slot.map());
  EXPECT_EQ(slot.find(0).get(), nullptr);
}

TEST(ContextSlot, is_one_word) { EXPECT_EQ(sizeof(ContextSlot), sizeof(void*)); }

TEST(ContextSlot, a_snapshot_needs_no_core_to_be_read) {
  const auto variable = make_variable();
  ContextSlot slot;
  slot.begin(ContextMap::with(nullptr, bind(variable, 1)));
  EXPECT_EQ(value_of(slot.find(variable->number()).get()), 1);
  EXPECT_EQ(slot.core_or_null(), nullptr);
}

TEST(ContextSlot, its_core_begins_with_the_snapshot) {
  const auto variable = make_variable();
  ContextSlot slot;
  slot.begin(ContextMap::with(nullptr, bind(variable, 1)));
  ContextCore& core = slot.core();
  EXPECT_EQ(&slot.core(), &core);
  EXPECT_EQ(value_of(core.set(bind(variable, 2)).get()), 1);
  EXPECT_EQ(value_of(slot.find(variable->number()).get()), 2);
  EXPECT_EQ(value_of(core.remove(variable->number()).get()), 2);
  EXPECT_FALSE(slot.map());
}

TEST(ContextSlot, a_value_that_was_found_outlives_its_replacement) {
  const auto variable = make_variable();
  ContextSlot slot;
  slot.begin(ContextMap::with(nullptr, bind(variable, 1)));
  const FoundBinding in_snapshot = slot.find(variable->number());
  slot.core().set(bind(variable, 2));
  const FoundBinding in_core = slot.find(variable->number());
  slot.core().set(bind(variable, 3));
  EXPECT_EQ(value_of(in_snapshot.get()), 1);
  EXPECT_EQ(value_of(in_core.get()), 2);
}

TEST(ContextCore, is_entered_by_one_at_a_time) {
  ContextSlot slot;
  EXPECT_TRUE(slot.core().try_enter());
  EXPECT_FALSE(slot.core().try_enter());
  slot.core().leave();
  EXPECT_TRUE(slot.core().try_enter());
}

TEST(ContextCore, loses_no_change_of_several_threads) {
  std::vector<Ref<const ContextVariable>> variables;
  for (int i = 0; i < 4; ++i) variables.push_back(make_variable());
  ContextSlot slot;
  std::vector<std::thread> threads;
  for (const auto& variable : variables) {
    threads.emplace_back([&slot, variable] {
      for (int value = 0; value < 500; ++value) {
        slot.core().set(bind(variable, value));
        EXPECT_EQ(value_of(slot.find(variable->number()).get()), value);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& variable : variables) EXPECT_EQ(value_of(slot.find(variable->number()).get()), 499);
  EXPECT_EQ(ContextMap::size(slot.map().get()), 4u);
}

}  // namespace
}  // namespace weft::tests
