#include "weft/runtime/task/context_var.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "task/settings.h"

namespace weft::tests {
namespace {

// Each test in a context of its own: what it sets on the test's thread ends with it.
class ContextVars : public testing::Test {
 protected:
  template <class Function>
  static auto fresh(Function function) {
    return Context().run(std::move(function));
  }
};

template <class Error, class Function>
std::string message_of(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST_F(ContextVars, a_variable_without_a_value_raises_lookup_error) {
  const ContextVar<int> user("user");
  EXPECT_EQ(message_of<LookupError>([&] { static_cast<void>(user.get()); }),
            "ContextVar::get: the context variable 'user' has no value here; set() one, or give a default");
  EXPECT_EQ(user.get(7), 7);
  EXPECT_FALSE(user.get_shared());
}

TEST_F(ContextVars, its_default_comes_after_the_one_that_get_is_given) {
  const ContextVar<std::string> user("user", "nobody");
  EXPECT_EQ(user.get(), "nobody");
  EXPECT_EQ(user.get("somebody"), "somebody");
  EXPECT_EQ(*user.get_shared(), "nobody");
  EXPECT_EQ(user.name(), "user");
}

TEST_F(ContextVars, what_is_set_is_seen_until_it_is_reset) {
  const ContextVar<int> user("user", 0);
  fresh([&] {
    auto first = user.set(1);
    auto second = user.set(2);
    EXPECT_EQ(user.get(9), 2);
    EXPECT_FALSE(first.old_value());
    EXPECT_EQ(*second.old_value(), 1);
    EXPECT_TRUE(second.var() == user);
    user.reset(second);
    EXPECT_EQ(user.get(), 1);
    user.reset(std::move(first));
    EXPECT_EQ(user.get(9), 9) << "the variable has no value again, and the default of get() comes first";
  });
}

TEST_F(ContextVars, a_token_serves_once) {
  const ContextVar<int> user("user");
  fresh([&] {
    auto token = user.set(1);
    user.reset(token);
    EXPECT_EQ(message_of<RuntimeError>([&] { user.reset(token); }),
              "ContextVar::reset: <Token used var='user'>, given to variable 'user', has already been used once; a "
              "token undoes one set()");
  });
}

TEST_F(ContextVars, a_token_serves_its_own_variable) {
  const ContextVar<int> user("user");
  const ContextVar<int> other("other");
  fresh([&] {
    auto token = user.set(1);
    EXPECT_NE(message_of<ValueError>([&] { other.reset(token); }).find("created by a different ContextVar"),
              std::string::npos);
    user.reset(token);  // it was not used up
    EXPECT_EQ(user.get(0), 0);
  });
}

TEST_F(ContextVars, a_token_serves_in_its_own_context) {
  const ContextVar<int> user("user");
  fresh([&] {
    auto token = user.set(1);
    EXPECT_NE(message_of<ValueError>([&] {
                copy_context().run([&] { user.reset(token); });
              }).find("created in a different Context"),
              std::string::npos);
    EXPECT_EQ(user.get(), 1);
  });
}

TEST_F(ContextVars, a_token_that_was_moved_from_names_nothing) {
  const ContextVar<int> user("user");
  fresh([&] {
    auto token = user.set(1);
    const auto kept = std::move(token);
    EXPECT_NE(message_of<RuntimeError>([&] { user.reset(token); }).find("<Token moved from>"), std::string::npos);
  });
}

TEST_F(ContextVars, a_type_that_cannot_be_copied_is_shared) {
  const ContextVar<std::unique_ptr<int>> owner("owner");
  EXPECT_EQ(**owner.get(std::make_unique<int>(6)), 6);
  fresh([&] {
    owner.set(std::make_unique<int>(5));
    const ContextValue<std::unique_ptr<int>> value = owner.get();
    owner.set(nullptr);
    EXPECT_EQ(**value, 5) << "who has got a value keeps it";
    EXPECT_EQ(*owner.get(), nullptr);
  });
}

TEST_F(ContextVars, copies_are_the_same_variable_and_equal_names_are_not) {
  const ContextVar<int> one("name");
  const ContextVar<int> copy = one;
  const ContextVar<int> two("name");
  fresh([&] {
    one.set(1);
    EXPECT_EQ(copy.get(), 1);
    EXPECT_EQ(two.get(0), 0);
  });
  EXPECT_TRUE(copy == one);
  EXPECT_FALSE(two == one);
}

TEST_F(ContextVars, a_value_outlives_its_variable) {
  const auto alive = std::make_shared<int>(1);
  {
    const Context context;
    {
      const ContextVar<std::shared_ptr<int>> user("user");
      context.run([&] { user.set(alive); });
    }
    EXPECT_EQ(context.size(), 1u);
    EXPECT_EQ(context.variables().at(0).name(), "user");
    EXPECT_EQ(alive.use_count(), 2);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_F(ContextVars, a_thread_has_values_of_its_own) {
  const ContextVar<int> user("user", 0);
  std::thread([&] {
    user.set(1);
    EXPECT_EQ(user.get(), 1);
    std::thread([&] { EXPECT_EQ(user.get(), 0); }).join();
  }).join();
  EXPECT_EQ(user.get(), 0);
}

}  // namespace
}  // namespace weft::tests
