#pragma once
// steal_pace: whether it pays to take entries from the run queues of others, and how many at a time.
//
// A task that moves to another core takes its cache lines along, which costs more than a small task itself. So a thief judges each
// batch when it has used it up. It paid when an entry took long enough, or when the thief kept up with its victim. If not, the thief
// rests, longer each time, before it takes a small sample and judges again.
//
//   bound     an entry that is ready waits at most kLongestRest longer for a worker without work.
//   threads   one worker's own.

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace weft {

class StealPace {
 public:
  // Nanoseconds.
  static constexpr std::int64_t kShortestRest = 125'000;
  static constexpr std::int64_t kLongestRest = 500'000;
  static constexpr std::int64_t kLongEnough = 1'000;  // what a handful of cache lines from a far core cost
  static constexpr std::size_t kBatch = 128;
  static constexpr std::size_t kSample = 8;

  // Where things stand: the time, and how many entries the thief has run, and how many its victim has pushed and lost, ever.
  struct Count {
    std::int64_t time;
    std::uint64_t mine;
    std::uint64_t theirs;
  };

  std::size_t batch() const noexcept { return pays_ ? kBatch : kSample; }
  bool pays() const noexcept { return pays_; }
  // The last batch did not pay, and the thief has not rested since.
  bool tired() const noexcept { return tired_; }
  // Call it when the thief begins to rest: for how long.
  std::int64_t rest() noexcept {
    tired_ = false;
    return rest_;
  }

  bool has_batch() const noexcept { return has_batch_; }
  void took(const Count& count) noexcept {
    has_batch_ = true;
    start_ = count;
  }
  void used_up(const Count& count) noexcept {
    has_batch_ = false;
    const std::uint64_t mine = count.mine - start_.mine;
    const std::uint64_t theirs = count.theirs - start_.theirs;
    const bool long_enough = count.time - start_.time >= kLongEnough * static_cast<std::int64_t>(mine);
    if (long_enough || mine >= theirs) {
      pays_ = true;
      rest_ = kShortestRest;
    } else {
      beaten();
    }
  }
  // The thief lost every race for an entry: it did not even get a batch.
  void beaten() noexcept {
    rest_ = pays_ ? kShortestRest : std::min(2 * rest_, kLongestRest);
    pays_ = false;
    tired_ = true;
  }

 private:
  bool pays_ = true;
  bool tired_ = false;
  bool has_batch_ = false;
  std::int64_t rest_ = kShortestRest;
  Count start_{};
};

}  // namespace weft
