#pragma once
// park_word: where a task's wait, its wake-up and cancel() meet.
//
//                       park()                       wake(), by whoever ended the wait
//        ACTIVE ------------------------> PARKED ---------------------------------> ACTIVE (queued)
//          |                                | hold(), by cancel()    ^
//          | hold(): not parked             v                        | release(), or release_to_throw(): ACTIVE (queued)
//          +--> what was asked is set     HELD ----------------------+
//
//   ACTIVE   the task runs or is on a queue. A cancel is remembered (MUST_CANCEL) and delivered at the next step or await. An interruption
//            sets a REMINDER: at the next step or await the task looks whether it still has any.
//   PARKED   the task's waiter is published; exactly one party will end the wait and call wake().
//   HELD     a canceller looks at the waiter: wake() waits, so the frame stays in place.
//
//   ENDED    the coroutine has ended: a cancel comes too late. It stays known whether the task has ended as cancelled, for a canceller
//            that counted its request before, and what it was sent to instead has refused it meanwhile.
//
//   threads   park, unpark, take_request, take_reminder, end: the task's own step. wake: the one that ended the wait. hold, release: anyone.
//   rules     every edge is a read-modify-write of one word, so park and hold cannot both miss each other. The word is also the one that
//             holds the task's outcome, so that a task nobody waits for ends with one operation.

#include <cstdint>

#include "weft/runtime/base/atomics.h"

namespace weft {

enum class Hold { held, not_parked, ended };
// What a coroutine ends with.
enum class Ending { result, error, cancellation };
// What hold() asks of a task that is not parked.
enum class Asked { cancel, interruption };
// What a canceller leaves behind when it lets go.
enum class Afterwards {
  nothing,
  remember,  // the wait could not be cut short; the request is delivered at the next step
  remind     // the same for an interruption
};

// Word: an atomic of 64 bits of which bits 8 to 31 are used here, or a reference to one.
template <class Atomics = StdAtomics, class Word = typename Atomics::template Atomic<std::uint64_t>>
class ParkWord {
 public:
  // For whoever does several things to the word at once.
  static constexpr std::uint64_t kMustCancel = std::uint64_t{1} << 10;
  static constexpr std::uint64_t kEnded = std::uint64_t{1} << 12;

  ParkWord() = default;
  explicit ParkWord(Word word) noexcept : word_(word) {}

  // True when a cancel request or a reminder is pending. The waiter that hold() leads to is written before.
  [[nodiscard]] bool park() noexcept {
    // release: who holds sees the waiter. acquire: we see the pending cancel's message.
    return (word_.fetch_or(kParked, std::memory_order_acq_rel) & (kMustCancel | kReminder)) != 0;
  }

  // As park(), and held by the task itself: nobody cancels or wakes before release().
  [[nodiscard]] bool park_held() noexcept {
    return (word_.fetch_or(kParked | kHeld, std::memory_order_acq_rel) & (kMustCancel | kReminder)) != 0;
  }

  // The end of park_held() when nothing was linked. relaxed: there is no waiter to publish, and none was looked at.
  void unpark_held() noexcept { word_.fetch_and(~(kParked | kHeld), std::memory_order_relaxed); }

  // The wait ended before the waiter was linked. Waits for a canceller that holds.
  void unpark() noexcept { wake(); }

  // Ends the parked state. Waits for a canceller that holds: it executes a few instructions.
  void wake() noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    for (;;) {
      if ((seen & kHeld) != 0) {
        Atomics::pause();
        seen = word_.load(std::memory_order_relaxed);
      } else if (word_.compare_exchange_weak(seen, seen & ~kParked, std::memory_order_acq_rel,
                                             std::memory_order_relaxed)) {
        return;
      }
    }
  }

  // For cancel(): counts the request when `count`. held: the waiter stays until release(). not_parked: what was asked is remembered.
  [[nodiscard]] Hold hold(bool count, Asked asked = Asked::cancel) noexcept {
    const std::uint64_t remembered = asked == Asked::cancel ? kMustCancel : kReminder;
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint64_t more = count ? one_more(seen) : 0;
      if ((seen & kHeld) != 0) {
        Atomics::pause();
        seen = word_.load(std::memory_order_relaxed);
      } else if ((seen & kEnded) != 0) {
        return Hold::ended;
      } else if ((seen & kParked) != 0) {
        if (word_.compare_exchange_weak(seen, (seen + more) | kHeld, std::memory_order_acq_rel,
                                        std::memory_order_relaxed)) {
          return Hold::held;
        }
      } else if (word_.compare_exchange_weak(seen, (seen + more) | remembered, std::memory_order_acq_rel,
                                             std::memory_order_relaxed)) {
        return Hold::not_parked;
      }
    }
  }

  // For whoever wants to look at a parked task: true, and the waiter stays until release(). False: it is not parked.
  [[nodiscard]] bool try_hold() noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    while ((seen & kParked) != 0) {
      if ((seen & kHeld) != 0) {
        Atomics::pause();
        seen = word_.load(std::memory_order_relaxed);
      } else if (word_.compare_exchange_weak(seen, seen | kHeld, std::memory_order_acq_rel,
                                             std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  void release(Afterwards afterwards) noexcept {
    if (afterwards != Afterwards::nothing) {
      word_.fetch_or(afterwards == Afterwards::remember ? kMustCancel : kReminder, std::memory_order_relaxed);
    }
    word_.fetch_and(~kHeld, std::memory_order_release);
  }
  // The end of a wait that the holder has cut short: the next step throws, whatever uncancel() does. Not in two operations: another canceller
  // in between would find a wait that nobody can end. relaxed: the run queue orders what the holder did before the next step.
  void release_to_throw() noexcept {
    word_.fetch_or(kThrow, std::memory_order_relaxed);
    word_.fetch_and(~(kParked | kHeld), std::memory_order_relaxed);
  }

  // A step begins: is it to throw? True once per remembered request or cut wait.
  [[nodiscard]] bool take_request() noexcept {
    if ((word_.load(std::memory_order_relaxed) & (kMustCancel | kThrow)) == 0) return false;
    return (word_.fetch_and(~(kMustCancel | kThrow), std::memory_order_acq_rel) & (kMustCancel | kThrow)) != 0;
  }
  // True once per reminder; what it reminds of was written before.
  [[nodiscard]] bool take_reminder() noexcept {
    if ((word_.load(std::memory_order_relaxed) & kReminder) == 0) return false;
    return (word_.fetch_and(~kReminder, std::memory_order_acq_rel) & kReminder) != 0;
  }
  // For the task itself, in its own name.
  void remember() noexcept { word_.fetch_or(kMustCancel, std::memory_order_relaxed); }
  bool remembers() const noexcept { return (word_.load(std::memory_order_relaxed) & kMustCancel) != 0; }
  // A remembered request is delivered: the next step throws, whatever uncancel() or a further cancel does. For the task itself.
  void deliver() noexcept {
    word_.fetch_or(kThrow, std::memory_order_relaxed);
    word_.fetch_and(~kMustCancel, std::memory_order_acq_rel);
  }
  // Is there anything to take?
  bool asked() const noexcept {
    return (word_.load(std::memory_order_relaxed) & (kMustCancel | kThrow | kReminder)) != 0;
  }
  // A wait was cut short and the task has not thrown yet.
  bool throws_next() const noexcept { return (word_.load(std::memory_order_relaxed) & kThrow) != 0; }

  // The coroutine has ended. True when a request was still to be delivered: with a result, the task counts as cancelled.
  [[nodiscard]] bool end(Ending ending = Ending::result) noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    for (;;) {
      const bool requested = (seen & kMustCancel) != 0;
      const bool cancelled = ending == Ending::cancellation || (ending == Ending::result && requested);
      const std::uint64_t next = seen | kEnded | (cancelled ? kEndedCancelled : 0);
      if (word_.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_relaxed))
        return requested;
    }
  }
  // After hold() has found that it has ended.
  bool ended_as_cancelled() const noexcept { return (word_.load(std::memory_order_relaxed) & kEndedCancelled) != 0; }

  bool parked() const noexcept { return (word_.load(std::memory_order_relaxed) & kParked) != 0; }

  std::uint32_t requests() const noexcept { return requests(word_.load(std::memory_order_relaxed)); }

  // For an interruption, which tells the task afterwards. relaxed: the number orders nothing.
  void count_request() noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    while (!word_.compare_exchange_weak(seen, seen + one_more(seen), std::memory_order_relaxed,
                                        std::memory_order_relaxed)) {
    }
  }

  // Those that a step has seen: all but what is still to be delivered.
  std::uint32_t delivered_requests() const noexcept {
    const std::uint64_t seen = word_.load(std::memory_order_relaxed);
    const std::uint32_t all = requests(seen);
    return all != 0 && (seen & (kMustCancel | kThrow)) != 0 ? all - 1 : all;
  }

  // Takes one request back, not below zero; at zero a remembered request is forgotten. Returns what remains.
  std::uint32_t uncancel() noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    for (;;) {
      if ((seen & kRequests) == 0) return 0;
      std::uint64_t next = seen - kOneRequest;
      if ((next & kRequests) == 0) next &= ~kMustCancel;
      if (word_.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_relaxed)) {
        return requests(next);
      }
    }
  }

 private:
  static std::uint64_t one_more(std::uint64_t word) noexcept {
    return (word & kRequests) != kRequests ? kOneRequest : 0;
  }
  static std::uint32_t requests(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>((word & kRequests) / kOneRequest);
  }

  static constexpr std::uint64_t kParked = std::uint64_t{1} << 8;
  static constexpr std::uint64_t kHeld = std::uint64_t{1} << 9;
  static constexpr std::uint64_t kThrow = std::uint64_t{1} << 11;
  static constexpr std::uint64_t kReminder = std::uint64_t{1} << 13;
  static constexpr std::uint64_t kEndedCancelled = std::uint64_t{1} << 14;
  static constexpr std::uint64_t kOneRequest = std::uint64_t{1} << 15;
  static constexpr std::uint64_t kRequests = (std::uint64_t{1} << 32) - kOneRequest;

  // word_: the flags above and, in bits 15 to 31, the number of cancel requests; more are not counted. The other bits are left alone.
  //   written by  the task, its waker and cancellers, by read-modify-write only; orders at the edges above.
  Word word_{0};
};

}  // namespace weft
