#pragma once
// view: what a model thread is bound to have seen.
//
//   times   per location, the index of the oldest message in its modification order that the thread may still read
//           (coherence and visibility: views only grow).
//   clock   per thread, how much of that thread happens before this one (data races, construction, destruction).
//   joins   a release store leaves its thread's view in the message; an acquire load takes the message's view over.

#include <array>
#include <cstddef>
#include <cstdint>

namespace weft::model {

inline constexpr std::size_t kMaxThreads = 8;     // the body itself is thread 0
inline constexpr std::size_t kMaxLocations = 96;  // atomics constructed in one execution

using ThreadId = std::uint8_t;
using LocationId = std::uint16_t;
using Time = std::uint16_t;
using ThreadMask = std::uint16_t;

inline constexpr LocationId kNoLocation = 0xffff;

constexpr ThreadMask bit(ThreadId thread) { return static_cast<ThreadMask>(1u << thread); }

class Clock {
 public:
  std::uint32_t of(ThreadId thread) const { return ticks_[thread]; }
  void tick(ThreadId thread) { ++ticks_[thread]; }

  void join(const Clock& other) {
    for (std::size_t i = 0; i < kMaxThreads; ++i)
      if (ticks_[i] < other.ticks_[i]) ticks_[i] = other.ticks_[i];
  }

 private:
  std::array<std::uint32_t, kMaxThreads> ticks_{};
};

struct View {
  std::array<Time, kMaxLocations> times{};
  Clock clock;

  void join(const View& other) {
    for (std::size_t i = 0; i < kMaxLocations; ++i)
      if (times[i] < other.times[i]) times[i] = other.times[i];
    clock.join(other.clock);
  }
  // Sees what the other sees, without happening after it: barriers order accesses, they publish no data.
  void see(const View& other) {
    for (std::size_t i = 0; i < kMaxLocations; ++i)
      if (times[i] < other.times[i]) times[i] = other.times[i];
  }
};

// An access by one thread, to be compared with the clocks of later ones.
struct Epoch {
  ThreadId thread = 0;
  std::uint32_t tick = 0;

  bool happens_before(const Clock& clock) const { return tick <= clock.of(thread); }
};

// Race detection for one object: writes must be ordered with everything, reads with writes.
class AccessHistory {
 public:
  enum class Conflict { none, write, read };

  void start(ThreadId thread, const Clock& clock) {
    write_ = {thread, clock.of(thread)};
    reads_ = {};
  }
  Conflict read(ThreadId thread, const Clock& clock) {
    if (!write_.happens_before(clock)) return Conflict::write;
    reads_[thread] = clock.of(thread);
    return Conflict::none;
  }
  Conflict write(ThreadId thread, const Clock& clock) {
    if (!write_.happens_before(clock)) return Conflict::write;
    for (std::size_t i = 0; i < kMaxThreads; ++i)
      if (reads_[i] > clock.of(static_cast<ThreadId>(i))) return Conflict::read;
    start(thread, clock);
    return Conflict::none;
  }

 private:
  Epoch write_;
  std::array<std::uint32_t, kMaxThreads> reads_{};
};

}  // namespace weft::model
