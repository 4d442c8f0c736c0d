#pragma once
// timer_watch: which of the sleeping workers look after the timers of the others, and until when they sleep.
//
// Every worker wakes up for its own timers. For those of a worker that computes there are two posts, taken by sleepers: two, so that one
// of them may go to work while nobody needs to be woken in its place.
//
//   threads   take, sleep_until, leave: the sleeper. coverage, somebody: anyone.

#include <array>
#include <atomic>
#include <cstdint>

#include "weft/runtime/base/config.h"

namespace weft {

class TimerWatch {
 public:
  static constexpr int kNoPost = -1;
  static constexpr std::uint32_t kNobody = UINT32_MAX;

  // kNoPost when both are taken.
  int take(std::uint32_t worker) noexcept {
    for (unsigned i = 0; i < posts_.size(); ++i) {
      std::uint32_t nobody = kNobody;
      if (posts_[i].worker.compare_exchange_strong(nobody, worker, std::memory_order_acq_rel))
        return static_cast<int>(i);
    }
    return kNoPost;
  }
  // Before the heavy barrier and, with what was read after it, once more.
  void sleep_until(int post, std::int64_t deadline) noexcept {
    posts_[static_cast<unsigned>(post)].until.store(deadline, std::memory_order_relaxed);
  }
  void leave(int post) noexcept {
    Post& mine = posts_[static_cast<unsigned>(post)];
    mine.until.store(kNotSet, std::memory_order_relaxed);
    mine.worker.store(kNobody, std::memory_order_release);
  }

  enum class Coverage { covered, too_late, nobody };
  // After a light barrier: does a watcher wake up at `when` or before? too_late: `watcher` sleeps longer.
  Coverage coverage(std::int64_t when, std::uint32_t& watcher) const noexcept {
    Coverage found = Coverage::nobody;
    for (const Post& post : posts_) {
      const std::uint32_t worker = post.worker.load(std::memory_order_acquire);
      if (worker == kNobody) continue;
      if (post.until.load(std::memory_order_relaxed) <= when) return Coverage::covered;
      watcher = worker;
      found = Coverage::too_late;
    }
    return found;
  }
  // A hint.
  std::uint32_t somebody() const noexcept { return posts_[0].worker.load(std::memory_order_relaxed); }

 private:
  static constexpr std::int64_t kNotSet =
      INT64_MIN;  // whoever has just taken a post looks at all timers before it sleeps
  struct alignas(kCacheLine) Post {
    // worker: written by sleepers, by CAS, and by the one that leaves; read by wakers. acq_rel: a post is left before it is taken again.
    std::atomic<std::uint32_t> worker{kNobody};
    // until: written by who has the post; read by whoever adds a timer. relaxed: the barrier pair of the idle protocol orders it: the
    //   watcher sees the timer, or the other one sees until when it sleeps.
    std::atomic<std::int64_t> until{kNotSet};
  };
  std::array<Post, 2> posts_;
};

}  // namespace weft
