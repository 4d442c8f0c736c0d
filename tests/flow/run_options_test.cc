#include "weft/runtime/flow/run_options.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "task/settings.h"

namespace weft::tests {
namespace {

// Sets WEFT_WORKERS for the length of a test.
class Environment {
 public:
  explicit Environment(const char* value) {
    if (const char* before = std::getenv("WEFT_WORKERS")) before_ = before;
    set(value);
  }
  ~Environment() { set(before_ ? before_->c_str() : nullptr); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  static void set(const char* value) {
    if (value != nullptr) {
      setenv("WEFT_WORKERS", value, 1);
    } else {
      unsetenv("WEFT_WORKERS");
    }
  }
  std::optional<std::string> before_;
};

std::string refusal_of(const RunOptions& options) {
  try {
    const EventLoop loop(options);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(RunOptions, refuses_worker_counts_that_make_no_sense) {
  EXPECT_EQ(refusal_of({.workers = -1}),
            "RunOptions.workers is -1; it must be a whole number from 1 to 1024, or 0 for the cores that this process "
            "may use");
  EXPECT_NE(refusal_of({.workers = 1025}).find("RunOptions.workers is 1025"), std::string::npos);
  EXPECT_EQ(refusal_of({.workers = 3}), "accepted");
}

TEST(RunOptions, refuses_order_asyncio_with_several_workers) {
  EXPECT_EQ(refusal_of({.workers = 2, .order = Order::asyncio}),
            "order asyncio needs exactly one worker, but 2 are asked for; set RunOptions.workers or WEFT_WORKERS to 1");
}

TEST(RunOptions, refuses_a_number_of_workers_in_the_environment_that_is_none) {
  const Environment environment("many");
  EXPECT_NE(refusal_of({}).find("WEFT_WORKERS is \"many\""), std::string::npos) << refusal_of({});
  EXPECT_EQ(refusal_of({.workers = 1}), "accepted");
}

TEST(RunOptions, takes_the_number_of_workers_from_the_environment_unless_it_is_given) {
  const Environment environment("3");
  EXPECT_EQ(EventLoop().workers(), 3u);
  EXPECT_EQ(EventLoop(RunOptions{.workers = 2}).workers(), 2u);
}

TEST(RunOptions, chooses_order_asyncio_only_when_one_worker_was_asked_for) {
  const Environment nothing(nullptr);
  EXPECT_EQ(EventLoop().order(), Order::depth_first);
  EXPECT_EQ(EventLoop(RunOptions{.workers = 1}).order(), Order::asyncio);
  EXPECT_EQ(EventLoop(RunOptions{.workers = 2}).order(), Order::depth_first);
  EXPECT_EQ(EventLoop(RunOptions{.workers = 1, .order = Order::depth_first}).order(), Order::depth_first);
  const Environment one("1");
  EXPECT_EQ(EventLoop().order(), Order::asyncio);
  EXPECT_EQ(EventLoop(RunOptions{.order = Order::depth_first}).order(), Order::depth_first);
  const Environment zero("0");
  EXPECT_EQ(EventLoop().order(), Order::depth_first);
}

Coro<void> nothing() { co_return; }

TEST(RunOptions, run_refuses_as_the_loop_does_and_destroys_the_coroutine) {
  EXPECT_THROW(run(nothing(), {.workers = -5}), ValueError);
  EXPECT_THROW(run(nothing(), {.workers = 4, .order = Order::asyncio}), ValueError);
}

Coro<bool> debug_flag() { co_return get_running_loop().get_debug(); }
TEST(RunOptions, debug_is_off_unless_it_is_asked_for) {
  EXPECT_FALSE(run(debug_flag(), {.workers = 1}));
  EXPECT_TRUE(run(debug_flag(), {.workers = 1, .debug = true}));
}

TEST(RunOptions, debug_is_what_the_environment_says_when_nothing_else_does) {
  for (const auto& [value, debug] : {std::pair{"1", true}, {"yes", true}, {"0", false}, {"", false}}) {
    ASSERT_EQ(setenv("WEFT_DEBUG", value, 1), 0);
    EXPECT_EQ(run(debug_flag(), {.workers = 1}), debug) << value;
  }
  ASSERT_EQ(setenv("WEFT_DEBUG", "1", 1), 0);
  EXPECT_FALSE(run(debug_flag(), {.workers = 1, .debug = false}));
  ASSERT_EQ(unsetenv("WEFT_DEBUG"), 0);
}

std::string name_of_this_thread() {
  std::array<char, 32> name{};
  pthread_getname_np(pthread_self(), name.data(), name.size());
  return name.data();
}

TEST(RunOptions, names_worker_threads_and_leaves_the_calling_one_alone) {
  const std::string own = name_of_this_thread();
  std::mutex mutex;
  std::set<std::string> names;
  run(nothing(), {.workers = 3, .thread_name = "a-rather-long-name", .on_thread_start = [&](int index) {
                    const std::lock_guard lock(mutex);
                    if (index != 0) names.insert(name_of_this_thread());
                  }});
  EXPECT_EQ(names, (std::set<std::string>{"a-rather-l-1", "a-rather-l-2"}));
  EXPECT_EQ(name_of_this_thread(), own);
}

TEST(RunOptions, calls_the_hooks_once_for_each_thread) {
  std::array<std::atomic<int>, 4> started{};
  std::array<std::atomic<int>, 4> stopped{};
  run(nothing(), {.workers = 4,
                  .on_thread_start = [&](int index) { ++started.at(static_cast<std::size_t>(index)); },
                  .on_thread_stop = [&](int index) { ++stopped.at(static_cast<std::size_t>(index)); }});
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_GE(started[i], 1) << "worker " << i;
    EXPECT_EQ(started[i], stopped[i]) << "worker " << i;
  }
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(started[i], 1) << "worker " << i;
}

TEST(RunOptions, a_start_hook_that_throws_ends_run_with_a_sentence) {
  for (const int failing : {0, 1}) {
    std::atomic<int> thrown = 0;
    testing::internal::CaptureStderr();
    try {
      run(nothing(), {.workers = 2, .on_thread_start = [failing, &thrown](int index) {
                        if (index != failing) return;
                        ++thrown;
                        throw ValueError("not here");
                      }});
      FAIL() << "the hook of worker " << failing << " threw";
    } catch (const RuntimeError& error) {
      const std::string expected =
          "RunOptions.on_thread_start threw in worker " + std::to_string(failing) + ": not here";
      EXPECT_EQ(error.what(), expected);
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "the exception says it all";
    EXPECT_EQ(thrown, 1) << "closing the loop does not try again";
  }
}

Coro<int> cores_of_worker_0() {
  cpu_set_t set;
  co_return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : -1;
}
TEST(RunOptions, pins_the_calling_thread_only_while_it_runs) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  EXPECT_EQ(run(cores_of_worker_0(), {.workers = 1, .pin_threads = true}), 1);
  cpu_set_t after;
  ASSERT_EQ(sched_getaffinity(0, sizeof after, &after), 0);
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

}  // namespace
}  // namespace weft::tests
