#pragma once
// watchdog: stops a loop that runs for too long, and ends the process when even that does not help.
//
//   asyncio   none
//   threads   the thread that runs the loop; the watchdog has one of its own.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "weft/runtime/flow/event_loop.h"

namespace weft::testing {

class Watchdog {
 public:
  explicit Watchdog(std::chrono::nanoseconds limit);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // From now until leave(). `what` is run, for the last words of the process.
  void watch(EventLoop& loop, std::string what);
  void leave();
  // Has it stopped the loop since watch()?
  bool has_stopped() const;

 private:
  void guard();

  const std::chrono::nanoseconds limit_;
  mutable std::mutex mutex_;  // all that follows but the thread
  std::condition_variable changed_;
  EventLoop* loop_ = nullptr;
  std::string what_;
  std::chrono::steady_clock::time_point deadline_;
  bool stopped_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace weft::testing
