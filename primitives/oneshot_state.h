#pragma once
// oneshot_state: whether the value was sent and received, which half is gone, and who waits for either.
//
//             claim()             publish()          take()
//   EMPTY -------------> CLAIMED ------------> SENT ---------> TAKEN
//                           |
//                           +-- unclaim() back, when the value could not be made
//
//   rules     ABANDONED (the sender is gone, and has not sent) and CLOSED (nothing more is to be sent) come besides. What was sent before
//             the receiver closed can be taken; what is published later goes back to the sender. Each is decided by one change of the word.
//   threads   every member from any thread. What is under the guard bit takes a few instructions and calls out to nothing.

#include <cstdint>

#include "weft/primitives/guarded_queue.h"

namespace weft {

template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class OneshotState {
 public:
  enum class Claimed { done, closed, sent_before };
  enum class Received { value, taken_before, abandoned, closed };

  std::size_t waiting() noexcept { return line_.waiting(); }

  // --- the sender ------------------------------------------------------------------------------------------------------
  // done: the value is the caller's to make, and nobody else's.
  Claimed claim() noexcept {
    const std::uint64_t seen = add(kClaimed, kClaimed | kClosed);
    if ((seen & kClosed) != 0) return Claimed::closed;
    return (seen & kClaimed) == 0 ? Claimed::done : Claimed::sent_before;
  }
  void unclaim() noexcept {
    const std::uint64_t seen = line_.enter();
    line_.leave(seen & ~kClaimed);
  }
  // After a claim, when the value is there. False: the receiver closed before, and the value is the sender's. To the back of `woken`, here
  // and below: whom to tell, afterwards.
  bool publish(List& woken) noexcept { return (add(kSent, kClosed, &woken) & kClosed) == 0; }
  void abandon(List& woken) noexcept { add(kAbandoned, kSent, &woken); }
  bool closed() const noexcept { return (line_.load(std::memory_order_acquire) & kClosed) != 0; }

  // --- the receiver ----------------------------------------------------------------------------------------------------
  // Would a receive not wait?
  bool settled() const noexcept { return (line_.load(std::memory_order_acquire) & kSettled) != 0; }
  bool sent() const noexcept { return (line_.load(std::memory_order_acquire) & kSent) != 0; }
  bool taken() const noexcept { return (line_.load(std::memory_order_acquire) & kTaken) != 0; }
  bool abandoned() const noexcept { return (line_.load(std::memory_order_acquire) & kAbandoned) != 0; }
  // When it is settled. value: it is the caller's, and nobody else's. acquire: what the other half did is seen.
  Received take() noexcept {
    const std::uint64_t seen = line_.load(std::memory_order_acquire);
    if ((seen & kSent) == 0) return (seen & kAbandoned) != 0 ? Received::abandoned : Received::closed;
    return (add(kTaken, kTaken) & kTaken) == 0 ? Received::value : Received::taken_before;
  }
  void close(List& woken) noexcept {
    const std::uint64_t seen = line_.enter();
    line_.queue().take_all(woken);
    closing_.take_all(woken);
    line_.leave(seen | kClosed);
  }

  // --- who waits: the receiver until it is settled, the sender until it is closed ----------------------------------------
  // False: it is so already. True: the place is in the line.
  bool queue(Place& place) noexcept { return queue_unless(kSettled, line_.queue(), place); }
  bool queue_for_close(Place& place) noexcept { return queue_unless(kClosed, closing_, place); }
  // For a canceller. False: it was woken before.
  bool cancel(Place& place) noexcept { return cancel_in(line_.queue(), place); }
  bool cancel_for_close(Place& place) noexcept { return cancel_in(closing_, place); }

 private:
  using Line = GuardedQueue<Place, List, Atomics>;
  using Queue = WaitQueue<Place, List, Atomics>;
  static constexpr std::uint64_t kClaimed = Line::kUnit;
  static constexpr std::uint64_t kSent = Line::kUnit * 2;
  static constexpr std::uint64_t kTaken = Line::kUnit * 4;
  static constexpr std::uint64_t kAbandoned = Line::kUnit * 8;
  static constexpr std::uint64_t kClosed = Line::kUnit * 16;
  static constexpr std::uint64_t kSettled = kSent | kAbandoned | kClosed;

  // Adds the bit unless one of `unless` is there; what there was. The receivers that wait go to `woken`.
  std::uint64_t add(std::uint64_t bit, std::uint64_t unless, List* woken = nullptr) noexcept {
    std::uint64_t seen = line_.load(std::memory_order_relaxed);
    while (Line::is_free(seen)) {
      if ((seen & unless) != 0) return seen;
      if (line_.try_change(seen, seen | bit, std::memory_order_acq_rel)) return seen;
    }
    seen = line_.enter();
    const bool added = (seen & unless) == 0;
    if (added && woken != nullptr) line_.queue().take_all(*woken);
    line_.leave(added ? seen | bit : seen);
    return seen;
  }
  bool queue_unless(std::uint64_t bits, Queue& queue, Place& place) noexcept {
    const std::uint64_t seen = line_.enter();
    const bool waits = (seen & bits) == 0;
    if (waits) queue.push(place);
    line_.leave(seen);
    return waits;
  }
  bool cancel_in(Queue& queue, Place& place) noexcept {
    const std::uint64_t seen = line_.enter();
    const bool cancelled = queue.cancel(place);
    line_.leave(seen);
    return cancelled;
  }

  // Changed with one compare-exchange while no receiver waits: release to send, acquire to take; acq_rel, so that the value is also seen
  // through what is added in between.
  Line line_;      // who receives
  Queue closing_;  // who sends; under the guard. Only close() wakes it, and that always takes the guard.
};

}  // namespace weft
