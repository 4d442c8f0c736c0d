#pragma once
// settings: the worker counts and orders over which a test of behaviour holds, and what such tests share.

#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "weft/weft.h"

namespace weft::tests {
using namespace std::chrono_literals;

struct Setting {
  const char* name;
  int workers;
  Order order;
  friend void PrintTo(const Setting& setting, std::ostream* out) { *out << setting.name; }
};

inline const auto every_setting =
    ::testing::Values(Setting{"asyncio_1", 1, Order::asyncio}, Setting{"depth_first_1", 1, Order::depth_first},
                      Setting{"depth_first_2", 2, Order::depth_first}, Setting{"depth_first_8", 8, Order::depth_first});

inline std::string setting_name(const ::testing::TestParamInfo<Setting>& setting) { return setting.param.name; }

// Time stands still while anything can run, so that a test waits for nothing real.
class EverySetting : public ::testing::TestWithParam<Setting> {
 protected:
  RunOptions options() { return {.workers = GetParam().workers, .order = GetParam().order, .clock = &clock_}; }
  bool one_worker() const { return GetParam().workers == 1; }
  template <class T>
  T run_here(Coro<T> main) {
    return run(std::move(main), options());
  }

 private:
  VirtualClock clock_;
};

// One worker in CPython's order, with virtual time.
template <class T>
T run_in_order(Coro<T> main) {
  VirtualClock clock;
  return run(std::move(main), {.workers = 1, .clock = &clock});
}

// A range of one. (g++ 12 takes no braces in an expression that awaits.)
template <class Handle>
std::vector<Handle> only(Handle handle) {
  return std::vector<Handle>(1, std::move(handle));
}

// What a loop's exception handler was told.
class Reports {
 public:
  void listen_to(EventLoop& loop) {
    loop.set_exception_handler([this](const ExceptionContext& context) { add(context); });
  }
  void add(const ExceptionContext& context) {
    const std::lock_guard lock(mutex_);
    contexts_.push_back(context);
  }
  std::vector<ExceptionContext> all() const {
    const std::lock_guard lock(mutex_);
    return contexts_;
  }
  std::size_t count() const { return all().size(); }
  // Until so many have come: the worker that ran a task reports its error, perhaps after those that waited for the task have gone on.
  Coro<void> at_least(std::size_t reports) const {
    while (count() < reports) co_await sleep(0s);
  }
  // The only report, or an empty one with a failure of the test.
  ExceptionContext only() const {
    const auto contexts = all();
    EXPECT_EQ(contexts.size(), 1u) << "exactly one report was expected";
    return contexts.empty() ? ExceptionContext{} : contexts.front();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<ExceptionContext> contexts_;
};

// What `error` says; empty for none.
inline std::string text_of(const std::exception_ptr& error) { return error == nullptr ? "" : describe(error); }

}  // namespace weft::tests
