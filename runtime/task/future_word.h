#pragma once
// future_word: the word in which the end of a future, the lock over its listeners and its references meet.
//
//            begin_set()            publish(result | error)
//   PENDING -----------> SETTING ---------------------------> RESULT | ERROR | CANCELLED
//
//   threads   every member from any thread. publish: the one for whom begin_set() was true, or the task that ends.
//   rules     the listeners are linked and unlinked under the lock bit, while the future is pending. Who publishes takes all of them out
//             under the lock and lets go of it with the outcome, in one operation: a listener is either unlinked by itself, or told.
//             Who finds no listener ever linked publishes without the lock, and may give up a reference in the same operation.

#include <cstdint>

#include "weft/runtime/base/atomics.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft {

// Word: an atomic of 64 bits, or a reference to one. Bits 8 to 31 are left alone: a task's ParkWord.
template <class Atomics = StdAtomics, class Word = typename Atomics::template Atomic<std::uint64_t>>
class FutureWord {
 public:
  static constexpr std::uint64_t kResult = 1;
  static constexpr std::uint64_t kError = 2;
  static constexpr std::uint64_t kCancelled = 4;
  static constexpr std::uint64_t kDone = 7;
  static constexpr std::uint64_t kRetrieved = 32;
  static constexpr std::uint64_t kOneReference = std::uint64_t{1} << 32;

  enum class Published {
    alive,
    last,     // the reference that was given up was the last: destroy
    listened  // nothing was done: publish_to_listeners()
  };

  FutureWord() = default;
  explicit FutureWord(Word word) noexcept : word_(word) {}
  // The state begins, with so many references. release: whoever finds it by try_retain sees it constructed.
  void live(std::uint32_t references) noexcept { word_.store(references * kOneReference, std::memory_order_release); }

  // acquire: who sees it done sees the outcome.
  std::uint64_t state() const noexcept { return word_.load(std::memory_order_acquire); }

  // --- the end -------------------------------------------------------------------------------------------------------
  // True for one caller only.
  [[nodiscard]] bool begin_set() noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    while ((seen & (kDone | kSetting)) == 0) {
      if (word_.compare_exchange_weak(seen, seen | kSetting, std::memory_order_acq_rel, std::memory_order_relaxed))
        return true;
    }
    return false;
  }
  void abandon_set() noexcept { word_.fetch_and(~kSetting, std::memory_order_relaxed); }

  // Makes the outcome visible and gives up `references`, none or one, unless somebody listens.
  [[nodiscard]] Published publish(std::uint64_t outcome, std::uint64_t references) noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    while ((seen & (kLocked | kListened)) == 0) {
      const std::uint64_t next = ((seen & ~kSetting) | outcome) - references * kOneReference;
      // release: the outcome. acquire: the last one sees all others' uses.
      if (word_.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_relaxed)) {
        return next < kOneReference ? Published::last : Published::alive;
      }
    }
    return Published::listened;
  }
  // Moves the listeners to `told` and makes the outcome visible.
  template <class List>
  void publish_to_listeners(std::uint64_t outcome, List& listeners, List& told) noexcept {
    lock();
    told.append(listeners);
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    while (!word_.compare_exchange_weak(seen, (seen & ~(kLocked | kSetting)) | outcome, std::memory_order_acq_rel,
                                        std::memory_order_relaxed)) {
    }
  }
  // Publishes a result, gives up a reference that is not the last and sets `more`, in one operation. False, and nothing is done, when
  // somebody listens or when one of the bits `unless` is set.
  [[nodiscard]] bool try_publish_result(std::uint64_t more, std::uint64_t unless) noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    const std::uint64_t next = (seen | more | kResult) - kOneReference;
    return (seen & (kLocked | kListened | unless)) == 0 && next >= kOneReference &&
           word_.compare_exchange_strong(seen, next, std::memory_order_acq_rel, std::memory_order_relaxed);
  }

  // --- listeners -----------------------------------------------------------------------------------------------------
  // False: it is done, and the listener is not linked.
  template <class List, class Listener>
  [[nodiscard]] bool listen(List& listeners, Listener& listener) noexcept {
    if ((state() & kDone) != 0) return false;
    const bool pending = lock(kListened);
    if (pending) listeners.push_back(listener);
    unlock();
    return pending;
  }
  // True when the listener was linked: it will not be told.
  template <class List, class Listener>
  [[nodiscard]] bool unlisten(List& listeners, Listener& listener) noexcept {
    // Once the future is done its listeners hang in the list of the publishing thread, which alone may unlink them.
    const bool linked = lock() && listener.linked();
    if (linked) listeners.remove(listener);
    unlock();
    return linked;
  }
  // True: it is pending, and stays so until unlock(). `with`: a flag to set in the same operation.
  bool lock(std::uint64_t with = 0) noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    for (BasicSpinWait<Atomics> spin;;) {
      if ((seen & kLocked) != 0) {
        spin.once();
        seen = word_.load(std::memory_order_relaxed);
      } else if (word_.compare_exchange_weak(seen, seen | kLocked | with, std::memory_order_acquire,
                                             std::memory_order_relaxed)) {
        return (seen & kDone) == 0;
      }
    }
  }
  void unlock() noexcept { word_.fetch_and(~kLocked, std::memory_order_release); }

  // --- references ----------------------------------------------------------------------------------------------------
  void retain() noexcept { word_.fetch_add(kOneReference, std::memory_order_relaxed); }
  // True for the last, who destroys.
  [[nodiscard]] bool release() noexcept {
    // The last reference to what is done cannot become two any more (try_retain): no read-modify-write is needed to drop it.
    const std::uint64_t seen = state();
    if ((seen & kDone) != 0 && seen < 2 * kOneReference) {
      word_.store(seen - kOneReference, std::memory_order_relaxed);
      return true;
    }
    return word_.fetch_sub(kOneReference, std::memory_order_acq_rel) < 2 * kOneReference;
  }
  // False when it is done or no reference is left: for who has none.
  [[nodiscard]] bool try_retain() noexcept {
    std::uint64_t seen = word_.load(std::memory_order_acquire);
    while (seen >= kOneReference && (seen & kDone) == 0) {
      if (word_.compare_exchange_weak(seen, seen + kOneReference, std::memory_order_acq_rel, std::memory_order_acquire))
        return true;
    }
    return false;
  }
  // relaxed: a mark that orders nothing.
  void mark_retrieved() noexcept { word_.fetch_or(kRetrieved, std::memory_order_relaxed); }

 private:
  static constexpr std::uint64_t kLocked = 8;
  static constexpr std::uint64_t kSetting = 16;
  static constexpr std::uint64_t kListened = 64;  // there may be listeners; set under the lock, stays

  // word_: bits 0 to 6: the flags above; high half: references. Written by whoever uses the future; orders at the members.
  Word word_{0};
};

}  // namespace weft
