#pragma once
// interruption: a cancel request that a block of code makes of the task it runs in, and that counts only while the block lasts: a timeout's,
// a task group's.
//
//   IDLE --owe()--> OWED --tell()--> TOLD       owe(): whoever interrupts. tell(): the task, or the interrupter while it holds the task.
//
// A task that waits is cancelled at once. One that runs cannot be: it is reminded, and looks at its next wait or step which of its blocks
// owe it an interruption. So a block that ends before never throws, and leaves nothing behind that would be thrown later.
//
//   threads   TaskCell::interrupt from any thread, once, and over before the block ends; the rest belongs to the task.
//   memory    in the frame of the block; blocks of one task are nested.

#include <cstdint>

#include "weft/runtime/base/atomics.h"

namespace weft {

template <class Atomics = StdAtomics>
class InterruptionState {
 public:
  void owe() noexcept { state_.store(State::owed, std::memory_order_release); }
  // True for the one that tells.
  [[nodiscard]] bool tell() noexcept {
    State owed = State::owed;
    return state_.compare_exchange_strong(owed, State::told, std::memory_order_acq_rel, std::memory_order_relaxed);
  }

 private:
  enum class State : std::uint8_t { idle, owed, told };

  // state_: written by the interrupter (owe) and by whoever tells, by CAS, so that there is one. release, acquire: the request was counted
  // before it is told.
  typename Atomics::template Atomic<State> state_{State::idle};
};

class Interruption : public InterruptionState<> {
 public:
  Interruption() = default;
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

 private:
  friend class TaskCell;
  Interruption* around_ = nullptr;  // of the block around this one
};

}  // namespace weft
