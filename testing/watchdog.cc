#include "weft/testing/watchdog.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace weft::testing {

Watchdog::Watchdog(std::chrono::nanoseconds limit) : limit_(limit), thread_([this] { guard(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Watchdog::watch(EventLoop& loop, std::string what) {
  const std::lock_guard lock(mutex_);
  loop_ = &loop;
  what_ = std::move(what);
  deadline_ = std::chrono::steady_clock::now() + limit_;
  stopped_ = false;
}

void Watchdog::leave() {
  const std::lock_guard lock(mutex_);
  loop_ = nullptr;
}

bool Watchdog::has_stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

// It is not told of each run, but looks when the last one it knows of must have ended.
void Watchdog::guard() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    changed_.wait_until(lock, loop_ != nullptr ? deadline_ : std::chrono::steady_clock::now() + limit_);
    if (ending_ || loop_ == nullptr || std::chrono::steady_clock::now() < deadline_) continue;
    if (stopped_) {
      std::fprintf(stderr,
                   "%s: it computes without end and never suspends, so it cannot be stopped; the process ends\n",
                   what_.c_str());
      std::abort();
    }
    stopped_ = true;
    loop_->stop();
    deadline_ += limit_;
  }
}

}  // namespace weft::testing
