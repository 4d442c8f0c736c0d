#pragma once
// alarm_word: who ends an alarm, its queue by letting it fire or its owner by disarming it, and which of the two frees it.
//
//              begin_firing()          end_firing()
//    WAITING ------------------> FIRING ------------> FIRED
//       |  disarm()
//       +----------> OVER
//
//   threads   begin_firing, end_firing: whoever runs the queue's entry, once. disarm, fired: the owner. let_go: each of the two, once.
//   rule      what is done between begin_firing() and end_firing() is complete when disarm() returns false; it never happens when disarm()
//             has returned true.

#include <cstdint>

#include "weft/runtime/base/atomics.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft {

template <class Atomics = StdAtomics>
class AlarmWord {
 public:
  // False: it was disarmed.
  [[nodiscard]] bool begin_firing() noexcept {
    Stage waiting = Stage::waiting;
    return stage_.compare_exchange_strong(waiting, Stage::firing, std::memory_order_relaxed, std::memory_order_relaxed);
  }
  void end_firing() noexcept { stage_.store(Stage::fired, std::memory_order_release); }

  // True: it has not fired and will not. Waits for one that fires.
  [[nodiscard]] bool disarm() noexcept {
    Stage waiting = Stage::waiting;
    if (stage_.compare_exchange_strong(waiting, Stage::over, std::memory_order_relaxed, std::memory_order_relaxed)) {
      return true;
    }
    BasicSpinWait<Atomics> spin;
    while (stage_.load(std::memory_order_acquire) == Stage::firing) spin.once();
    return false;
  }

  // It fires, or has fired. For the owner, before disarm().
  bool fired() const noexcept { return stage_.load(std::memory_order_relaxed) != Stage::waiting; }

  // Gives up the owner's or the queue's reference. True for the second of them, which frees the alarm.
  [[nodiscard]] bool let_go() noexcept { return references_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

 private:
  enum class Stage : std::uint8_t { waiting, firing, fired, over };

  // stage_: one of begin_firing and disarm moves it away from waiting, by CAS. relaxed there: the queue publishes the alarm, and nothing but
  //   the decision passes between the two. end_firing releases what firing did, to disarm's acquire.
  typename Atomics::template Atomic<Stage> stage_{Stage::waiting};
  // references_: written by let_go. acq_rel: the one that frees the alarm has seen the other's use of it.
  typename Atomics::template Atomic<std::uint8_t> references_{std::uint8_t{2}};
};

}  // namespace weft
