#pragma once
// wait_queue: who waits for a primitive, in the order in which they came.
//
//              push()             wake_first(), wake_next()       leave()
//   a place ------------> WAITING ----------------------> WOKEN ----------> gone
//                          |   | cancel(), cancel_in_line()                  ^ ^
//                          |   +---------------------> CANCELLED ------------+ |
//                          +-- take_next(), take_all() ------------------------+
//
//   place     of one waiting task, in its suspended frame. One that was woken leaves when its task runs again, as asyncio's futures leave
//             their deque: so a primitive knows of those, and lets nobody overtake them. Where that does not matter it is taken.
//   loop      the line belongs to the loop of the first place that was ever pushed, as asyncio's primitives to the loop in which somebody
//             first had to wait. A place of another loop is turned away: kTurnedAway is its loop then, and it is not in the line.
//   threads   none of its own: every member under the guard of the primitive. Who was woken is told after the guard was let go.

#include <cstddef>
#include <cstdint>

#include "weft/runtime/base/atomics.h"
#include "weft/runtime/base/intrusive_list.h"

namespace weft {

enum class WaitStage : std::uint8_t { none, waiting, woken, cancelled };

// In place of the number of a loop.
inline constexpr std::uint64_t kTurnedAway = ~std::uint64_t{0};

template <class Atomics = StdAtomics>
struct WaitMark {
  typename Atomics::template Plain<WaitStage> stage;
  typename Atomics::template Plain<std::uint64_t> round;
  typename Atomics::template Plain<std::uint64_t>
      loop;  // the number of its loop, from 1 on; its task's own but for push()
};

// Place: has linked() and `WaitMark<Atomics> mark`.
template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class WaitQueue {
 public:
  void push(Place& place) {
    const std::uint64_t loop = place.mark.loop.get();
    if (loop_.get() == 0) loop_.set(loop);
    if (loop_.get() != loop) return place.mark.loop.set(kTurnedAway);
    place.mark.stage.set(WaitStage::waiting);
    place.mark.round.set(round_.get());
    list_.push_back(place);
    live_.set(live_.get() + 1);
  }
  // Does anybody wait, or was woken and has not run yet?
  bool anybody() const { return live_.get() != 0; }
  std::size_t count() const { return live_.get(); }

  // The first that waits, where nobody is cancelled in line; null for nobody.
  Place* first() const { return list_.front(); }

  // For a canceller. False: it was woken before. True: it is out of the queue, and leaves nothing behind there.
  bool cancel(Place& place) {
    if (!waits(place)) return false;
    list_.remove(place);
    cancelled(place);
    return true;
  }
  // As cancel(), but it keeps its place in the line until it leaves, as one that cannot be woken.
  bool cancel_in_line(Place& place) {
    if (!waits(place)) return false;
    cancelled(place);
    return true;
  }

  // The first in the line, unless that was cancelled, or somebody was woken and has not run yet. Null: nobody.
  Place* wake_first() {
    if (woken_.get() != 0) return nullptr;
    Place* first = list_.front();
    return first != nullptr && waits(*first) ? wake(*first) : nullptr;
  }
  // The first that waits. Null: nobody.
  Place* wake_next() {
    Place* first = list_.front();
    return first != nullptr ? wake(*first) : nullptr;
  }
  // The first that waits; it need not leave. Null: nobody.
  Place* take_next() {
    Place* first = list_.pop_front();
    if (first == nullptr) return nullptr;
    first->mark.stage.set(WaitStage::none);
    live_.set(live_.get() - 1);
    return first;
  }
  // Of a place that was pushed: was it taken so? Also for its task when that runs again, without the guard: the waking orders it.
  static bool was_next(const Place& place) { return place.mark.stage.get() == WaitStage::none; }
  // All that wait, to the back of `out`, at a cost that does not grow with their number; they need not leave.
  void take_all(List& out) {
    live_.set(0);
    out.append(list_);
    round_.set(round_.get() + 1);
  }

  // Its task runs again. True: it was woken, not cancelled.
  bool leave(Place& place) {
    const WaitStage stage = place.mark.stage.get();
    place.mark.stage.set(WaitStage::none);
    if (stage == WaitStage::cancelled) {
      if (place.linked()) list_.remove(place);
      return false;
    }
    live_.set(live_.get() - 1);
    woken_.set(woken_.get() - 1);
    return true;
  }
  // Its task is destroyed. True: it was woken, so that somebody else is to have what it was woken for.
  bool abandon(Place& place) {
    cancel(place);
    return place.mark.stage.get() != WaitStage::none && leave(place);
  }

 private:
  bool waits(const Place& place) const {
    return place.mark.stage.get() == WaitStage::waiting && place.mark.round.get() == round_.get();
  }
  void cancelled(Place& place) {
    place.mark.stage.set(WaitStage::cancelled);
    live_.set(live_.get() - 1);
  }
  Place* wake(Place& place) {
    list_.remove(place);
    place.mark.stage.set(WaitStage::woken);
    woken_.set(woken_.get() + 1);
    return &place;
  }

  template <class T>
  using Plain = typename Atomics::template Plain<T>;

  List list_;
  Plain<std::size_t> live_;   // wait, or were woken and have not left
  Plain<std::size_t> woken_;  // of those
  Plain<std::uint64_t> round_;
  Plain<std::uint64_t> loop_;  // 0: of none yet
};

}  // namespace weft
