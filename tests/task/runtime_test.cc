#include "weft/runtime/task/runtime.h"

#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "task/settings.h"

namespace weft::tests {
namespace {

SchedulerOptions in_order() {
  SchedulerOptions options;
  options.asyncio_order = true;
  return options;
}

TEST(Runtime, numbers_tasks_consecutively_from_one_in_order_asyncio) {
  Runtime runtime(in_order());
  EXPECT_EQ(runtime.next_task_number(), 1u);
  EXPECT_EQ(runtime.next_task_number(), 2u);
  Runtime other(in_order());
  EXPECT_EQ(other.next_task_number(), 1u);
}

TEST(Runtime, is_not_current_outside_a_loop_and_says_who_asked) {
  EXPECT_EQ(Runtime::of_this_thread(), nullptr);
  try {
    Runtime::current("some_function");
    FAIL() << "no loop runs here";
  } catch (const RuntimeError& error) {
    EXPECT_NE(std::string(error.what()).find("some_function: no running event loop"), std::string::npos)
        << error.what();
  }
}

TEST(Runtime, gives_reports_to_the_handler_that_was_set_last) {
  Runtime runtime({});
  Reports first;
  Reports second;
  runtime.set_exception_handler([&first](const ExceptionContext& context) { first.add(context); });
  runtime.report({"one", nullptr, {}});
  runtime.set_exception_handler([&second](const ExceptionContext& context) { second.add(context); });
  runtime.report({"two", nullptr, "task"});
  EXPECT_EQ(first.only().message, "one");
  EXPECT_EQ(second.only().message, "two");
  EXPECT_EQ(second.only().task_name, "task");
}

TEST(Runtime, writes_reports_to_stderr_without_a_handler) {
  Runtime runtime({});
  testing::internal::CaptureStderr();
  runtime.report({"something went wrong", std::make_exception_ptr(ValueError("bad value")), "Task-7"});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "something went wrong\n  task: Task-7\n  exception: weft::ValueError: bad value\n");
}

TEST(Runtime, a_handler_that_throws_is_reported_together_with_what_it_was_given) {
  Runtime runtime({});
  runtime.set_exception_handler([](const ExceptionContext&) { throw RuntimeError("the handler fails"); });
  testing::internal::CaptureStderr();
  runtime.report({"the first trouble", nullptr, {}});
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_NE(written.find("Unhandled error in exception handler"), std::string::npos) << written;
  EXPECT_NE(written.find("the handler fails"), std::string::npos) << written;
  EXPECT_NE(written.find("the first trouble"), std::string::npos) << written;
}

TEST(Runtime, a_handler_may_set_another_handler) {
  Runtime runtime({});
  Reports later;
  runtime.set_exception_handler([&](const ExceptionContext&) {
    runtime.set_exception_handler([&later](const ExceptionContext& context) { later.add(context); });
  });
  runtime.report({"one", nullptr, {}});
  runtime.report({"two", nullptr, {}});
  EXPECT_EQ(later.only().message, "two");
}

TEST(Runtime, a_report_to_a_runtime_that_is_gone_goes_to_stderr) {
  auto runtime = std::make_unique<Runtime>(SchedulerOptions{});
  const Runtime* volatile gone = runtime.get();  // volatile: g++ would refuse the use below, which is what is tested
  Reports reports;
  runtime->set_exception_handler([&reports](const ExceptionContext& context) { reports.add(context); });
  Runtime::report_to(gone, {"while it lives", nullptr, {}});
  runtime.reset();
  testing::internal::CaptureStderr();
  Runtime::report_to(gone, {"afterwards", nullptr, {}});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "afterwards\n");
  EXPECT_EQ(reports.only().message, "while it lives");
}

TEST(Runtime, describes_exceptions_of_every_kind) {
  EXPECT_EQ(describe(std::make_exception_ptr(CancelledError("why"))), "CancelledError(why)");
  EXPECT_EQ(describe(std::make_exception_ptr(KeyboardInterrupt())), "KeyboardInterrupt()");
  EXPECT_EQ(describe(std::make_exception_ptr(TimeoutError())), "weft::TimeoutError: the deadline passed");
  EXPECT_EQ(describe(std::make_exception_ptr(std::runtime_error("text"))), "std::runtime_error: text");
  EXPECT_EQ(describe(make_exception_group("two", {std::make_exception_ptr(TimeoutError("late")),
                                                  std::make_exception_ptr(CancelledError("why"))})),
            "weft::BaseExceptionGroup: two (2 sub-exceptions)\n    1: weft::TimeoutError: late\n    2: "
            "weft::CancelledError: why");
  EXPECT_EQ(describe(std::make_exception_ptr(3)), "an exception that is no std::exception");
}

class RuntimeEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, RuntimeEverywhere, every_setting, setting_name);

Coro<std::string> own_name() {
  co_await sleep(0s);
  co_return current_task().get_name();
}
Coro<std::size_t> distinct_names() {
  std::vector<Coro<std::string>> children;
  for (int i = 0; i < 500; ++i) children.push_back(own_name());
  const std::vector<std::string> names = co_await gather(std::move(children));
  co_return std::set<std::string>(names.begin(), names.end()).size();
}
TEST_P(RuntimeEverywhere, gives_every_task_a_name_of_its_own) { EXPECT_EQ(run_here(distinct_names()), 500u); }

}  // namespace
}  // namespace weft::tests
