#pragma once
// watch_state: the newest value, how many came before it, and who waits for a newer one.
//
//   rules     the value and its version change together. Whether a version is the newest is looked at again as a place is queued, so that no
//             change falls between the look and the wait. What is there when it is closed stays.
//   threads   every member from any thread. What is under the guard bit takes a few instructions and calls out to nothing: an item is
//             retained there, and let go of outside.

#include <cstdint>
#include <limits>

#include "weft/primitives/guarded_queue.h"
#include "weft/runtime/base/counted.h"

namespace weft {

// Item: has retain() and release().
template <class Item, class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class WatchState {
 public:
  enum class Published { done, outdated, closed };
  static constexpr std::uint64_t kAnyVersion = std::numeric_limits<std::uint64_t>::max();

  explicit WatchState(Ref<Item> first) noexcept : item_(first.release()) {}
  WatchState(const WatchState&) = delete;
  WatchState& operator=(const WatchState&) = delete;
  ~WatchState() { Ref<Item>::taking(item_.get()); }

  // acquire: what was done before that version was published is seen.
  std::uint64_t version() const noexcept { return line_.load(std::memory_order_acquire) / kVersion; }
  bool closed() const noexcept { return (line_.load(std::memory_order_acquire) & kClosed) != 0; }
  // Would a wait for what is newer than `seen` not wait?
  bool settled(std::uint64_t seen) const noexcept { return settled(line_.load(std::memory_order_acquire), seen); }
  std::size_t waiting() noexcept { return line_.waiting(); }

  Ref<Item> read(std::uint64_t& version) noexcept {
    const std::uint64_t own = line_.enter();
    Ref<Item> item = Ref<Item>::sharing(item_.get());
    line_.leave(own);
    version = own / kVersion;
    return item;
  }
  // When the version is still `from`. done: `item` is what was there before, for the caller to let go of. To the back of `woken`: whom to
  // tell, afterwards.
  Published publish(Ref<Item>& item, List& woken, std::uint64_t from = kAnyVersion) noexcept {
    const std::uint64_t own = line_.enter();
    const bool outdated = from != kAnyVersion && own / kVersion != from;
    if (outdated || (own & kClosed) != 0) {
      line_.leave(own);
      return (own & kClosed) != 0 ? Published::closed : Published::outdated;
    }
    Item* before = item_.get();
    item_.set(item.release());
    item = Ref<Item>::taking(before);
    line_.queue().take_all(woken);
    line_.leave(own + kVersion);
    return Published::done;
  }
  void close(List& woken) noexcept {
    const std::uint64_t own = line_.enter();
    line_.queue().take_all(woken);
    line_.leave(own | kClosed);
  }
  // False: there is something newer than `seen`, or never will be. True: the place is in the line.
  bool queue(Place& place, std::uint64_t seen) noexcept {
    const std::uint64_t own = line_.enter();
    const bool waits = !settled(own, seen);
    if (waits) line_.queue().push(place);
    line_.leave(own);
    return waits;
  }
  // For a canceller. False: it was woken before.
  bool cancel(Place& place) noexcept { return line_.cancel(place); }

 private:
  using Line = GuardedQueue<Place, List, Atomics>;
  static constexpr std::uint64_t kClosed = Line::kUnit;
  static constexpr std::uint64_t kVersion = Line::kUnit * 2;

  static bool settled(std::uint64_t own, std::uint64_t seen) noexcept {
    return own / kVersion != seen || (own & kClosed) != 0;
  }

  // Changed under the guard only. Its release as the guard is left meets the acquire of whoever sees the version.
  Line line_;
  typename Atomics::template Plain<Item*> item_;  // owned; under the guard
};

}  // namespace weft
