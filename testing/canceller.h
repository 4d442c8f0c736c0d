#pragma once
// canceller: a thread that cancels one task after another, each after a while.
//
//   asyncio   none
//   threads   prepare() and finish() from the thread that makes the runs, target() from any.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace weft::testing {

class Canceller {
 public:
  Canceller();
  ~Canceller();
  Canceller(const Canceller&) = delete;
  Canceller& operator=(const Canceller&) = delete;

  // The thread is awake when this returns, and calls `cancel` so many nanoseconds after start().
  void prepare(std::int64_t delay, std::function<void()> cancel);
  void start() noexcept { stage_.store(Stage::started, std::memory_order_release); }
  // Returns when `cancel` has. Without a start() it is not called.
  void finish();

 private:
  enum class Stage { idle, awake, started, called_off };
  void cancel_tasks();

  std::mutex mutex_;  // all that follows but the stage and the thread
  std::condition_variable changed_;
  std::function<void()> cancel_;
  std::int64_t delay_ = 0;
  bool ending_ = false;
  // stage_: awake and idle are written by the thread, started and called_off by those who call. release/acquire: the thread sees what was
  //   written before start(), and whoever finishes what `cancel` wrote.
  std::atomic<Stage> stage_{Stage::idle};
  std::thread thread_;
};

}  // namespace weft::testing
