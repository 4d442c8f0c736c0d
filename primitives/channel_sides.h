#pragma once
// channel_sides: how many senders and receivers a channel has, of which the last one of either closes it.
//
//   threads   every member from any thread; who adds one has one of the same side.

#include <cstdint>

#include "weft/runtime/base/atomics.h"

namespace weft {

template <class Atomics = StdAtomics>
class ChannelSides {
 public:
  std::uint64_t senders() const noexcept { return senders_.load(std::memory_order_relaxed); }
  std::uint64_t receivers() const noexcept { return receivers_.load(std::memory_order_relaxed); }

  void add_sender() noexcept { senders_.fetch_add(1, std::memory_order_relaxed); }
  void add_receiver() noexcept { receivers_.fetch_add(1, std::memory_order_relaxed); }

  // True: it was the last one, and nothing more is sent to `state`, a QueueState; `woken` are to be told.
  template <class State, class List>
  bool drop_sender(State& state, List& woken) {
    if (senders_.fetch_sub(1, std::memory_order_acq_rel) != 1) return false;
    state.shut_down(false, woken);
    return true;
  }
  // The same, and the items that nobody will receive go. Shut down before: none comes behind them.
  template <class State, class List>
  bool drop_receiver(State& state, List& woken) {
    if (receivers_.fetch_sub(1, std::memory_order_acq_rel) != 1) return false;
    state.shut_down(true, woken);
    return true;
  }

 private:
  template <class U>
  using Atomic = typename Atomics::template Atomic<U>;

  // senders_, receivers_: written by whoever copies or drops a half, read by those and by descriptions.
  //   added     relaxed: its thread has a half already, so the count cannot reach zero meanwhile
  //   dropped   acq_rel: the end comes after all that was done through the other halves of the side, of which the last one lets go
  Atomic<std::uint64_t> senders_{1};
  Atomic<std::uint64_t> receivers_{1};
};

}  // namespace weft
