#include "weft/runtime/task/callback.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

int g_called_with = 0;
void take_int(int value) { g_called_with = value; }

TEST(Callable, calls_a_function_with_the_arguments_it_was_made_with) {
  g_called_with = 0;
  const std::unique_ptr<Callable> callable(make_callable(take_int, 7));
  EXPECT_EQ(g_called_with, 0);
  callable->call();
  EXPECT_EQ(g_called_with, 7);
}

TEST(Callable, moves_what_can_only_be_moved) {
  int seen = 0;
  auto function = [&seen](std::unique_ptr<int> argument) { seen = *argument; };
  const std::unique_ptr<Callable> callable(make_callable(function, std::make_unique<int>(8)));
  callable->call();
  EXPECT_EQ(seen, 8);
}

TEST(Callable, keeps_a_copy_of_an_lvalue_argument) {
  std::string text = "before";
  std::string seen;
  const std::unique_ptr<Callable> callable(make_callable([&seen](const std::string& value) { seen = value; }, text));
  text = "after";
  callable->call();
  EXPECT_EQ(seen, "before");
}

TEST(Callable, calls_a_member_function) {
  std::string text = "to be cleared";
  const std::unique_ptr<Callable> callable(make_callable([](std::string* target) { target->clear(); }, &text));
  callable->call();
  EXPECT_TRUE(text.empty());
}

TEST(Callable, that_is_never_called_destroys_what_it_holds_once) {
  Census census;
  {
    const Tracked argument(census);
    const std::unique_ptr<Callable> callable(make_callable([](const Tracked&) {}, argument));
    EXPECT_EQ(census.alive(), 2);
  }
  EXPECT_EQ(census.alive(), 0);
}

TEST(Callable, that_throws_is_reported_under_the_message_given) {
  Runtime runtime({});
  Reports reports;
  runtime.set_exception_handler([&reports](const ExceptionContext& context) { reports.add(context); });
  const std::unique_ptr<Callable> callable(make_callable([] { throw ValueError("no good"); }));
  call_reporting(*callable, runtime, "Exception in somebody");
  const ExceptionContext context = reports.only();
  EXPECT_EQ(context.message, "Exception in somebody");
  EXPECT_EQ(text_of(context.exception), "weft::ValueError: no good");
}

}  // namespace
}  // namespace weft::tests
