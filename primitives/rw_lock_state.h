#pragma once
// rw_lock_state: who holds a readers-writer lock, and who is next.
//
//   FREE --try_read()--> 1 reader <----> n readers           one compare-exchange each, while nobody waits
//   FREE --try_write()--> a writer --downgrade()--> 1 reader
//
//   rules     nobody overtakes one who waits. Whoever lets go gives the lock on: to the writer that is first in the line when nobody holds it
//             any more, to the readers that are first when no writer does. So a place that was taken out of the line holds the lock, and
//             while somebody waits it is held, unless one who was cancelled is still to withdraw().
//   threads   every member from any thread. What is under the guard bit takes a few instructions, and some for each reader that is let in, and
//             calls out to nothing.

#include <cstdint>

#include "weft/primitives/guarded_queue.h"

namespace weft {

// What holds or wants it.
enum class RwAccess : std::uint8_t { read, write };

// Place: as in WaitQueue, and has access().
template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class RwLockState {
 public:
  enum class Released { done, was_not_held };

  std::uint64_t readers() const noexcept { return line_.load(std::memory_order_relaxed) / kReader; }
  bool write_locked() const noexcept { return (line_.load(std::memory_order_relaxed) & kWriter) != 0; }
  std::size_t waiting() noexcept { return line_.waiting(); }

  // acquire: what the last writer, and for a writer also each reader, did is seen.
  bool try_acquire(RwAccess access) noexcept {
    if (access == RwAccess::write) return line_.change(0, kWriter, std::memory_order_acquire);
    std::uint64_t seen = line_.load(std::memory_order_relaxed);
    while (Line::is_free(seen) && (seen & kWriter) == 0) {
      if (line_.try_change(seen, seen + kReader, std::memory_order_acquire)) return true;
    }
    return false;
  }
  // True: taken. False: the place is in the line.
  bool acquire_or_queue(Place& place) noexcept {
    const std::uint64_t held = line_.enter();
    const bool taken = !line_.queue().anybody() && admits(held, place.access());
    if (!taken) line_.queue().push(place);
    line_.leave(taken ? with(held, place.access()) : held);
    return taken;
  }
  // release: whoever comes next sees what was done. To the back of `woken`: whom to tell, afterwards.
  Released release(RwAccess access, List& woken) noexcept {
    std::uint64_t seen = line_.load(std::memory_order_relaxed);
    while (!Line::is_guarded(seen)) {
      if (!has(seen, access)) return Released::was_not_held;
      // Those that wait are concerned when nobody holds it any more.
      if (!Line::is_free(seen) && without(seen & ~Line::kQueue, access) == 0) break;
      if (line_.try_change(seen, without(seen, access), std::memory_order_release)) return Released::done;
    }
    const std::uint64_t held = line_.enter();
    if (!has(held, access)) {
      line_.leave(held);
      return Released::was_not_held;
    }
    line_.leave(give_on(without(held, access), woken));
    return Released::done;
  }
  // The writer is a reader from now on; so are the readers that are first in the line.
  Released downgrade(List& woken) noexcept {
    if (line_.change(kWriter, kReader, std::memory_order_release)) return Released::done;
    const std::uint64_t held = line_.enter();
    const bool writes = (held & kWriter) != 0;
    line_.leave(writes ? give_on(kReader, woken) : held);
    return writes ? Released::done : Released::was_not_held;
  }

  // For a canceller. False: it was given the lock before. True: it is out of the line, and is to withdraw() when its task runs again.
  bool cancel(Place& place) noexcept { return line_.cancel(place); }
  // The task of a place that was in the line runs again without the lock, or is destroyed: those behind may be next. To the back of `woken`:
  // whom to tell, afterwards.
  void withdraw(Place& place, List& woken) noexcept {
    if (!cancel(place) && WaitQueue<Place, List, Atomics>::was_next(place)) {
      release(place.access(), woken);
    } else {
      line_.leave(give_on(line_.enter(), woken));
    }
  }

 private:
  using Line = GuardedQueue<Place, List, Atomics>;
  static constexpr std::uint64_t kWriter = Line::kUnit;
  static constexpr std::uint64_t kReader = 2 * Line::kUnit;

  static bool has(std::uint64_t held, RwAccess access) noexcept {
    return access == RwAccess::write ? (held & kWriter) != 0 : held >= kReader;
  }
  static bool admits(std::uint64_t held, RwAccess access) noexcept {
    return access == RwAccess::write ? held == 0 : (held & kWriter) == 0;
  }
  static std::uint64_t with(std::uint64_t held, RwAccess access) noexcept {
    return held + (access == RwAccess::write ? kWriter : kReader);
  }
  static std::uint64_t without(std::uint64_t held, RwAccess access) noexcept {
    return held - (access == RwAccess::write ? kWriter : kReader);
  }
  // With the guard: those that are first in the line and may come in do. Who holds it then.
  std::uint64_t give_on(std::uint64_t held, List& woken) noexcept {
    for (Place* first = line_.queue().first(); first != nullptr && admits(held, first->access());
         first = line_.queue().first()) {
      held = with(held, first->access());
      woken.push_back(*line_.queue().take_next());
    }
    return held;
  }

  // Taken and released with one compare-exchange each while nobody waits, and by readers that are not the last while a writer waits: acquire
  // to take, release to let go. Readers come and go by read-modify-writes, so that the next writer sees them all.
  Line line_;
};

}  // namespace weft
