#include "weft/primitives/barrier.h"

#include "weft/runtime/base/errors.h"

namespace weft {

Barrier::Barrier(int parties, Name name) : parties_(parties), name_(std::move(name)) {
  if (parties < 1) throw ValueError("Barrier: parties must be >= 1, but " + std::to_string(parties) + " was given");
}

void Barrier::refuse(const char* why) { throw BrokenBarrierError(why); }

void Barrier::leave() {
  const int left = count() - 1;
  count_.store(left, std::memory_order_relaxed);
  if (left != 0) return;
  if (state() == State::resetting || state() == State::draining) set_state(State::filling);
  condition_.notify_all();
}

std::string Barrier::describe() const {
  const State now = state();
  if (now == State::broken) return name_.opening("Barrier") + " broken>";
  const char* does = now == State::filling ? " filling" : now == State::draining ? " draining" : " resetting";
  return name_.opening("Barrier") + does + ", " + std::to_string(n_waiting()) + " of " + std::to_string(parties_) +
         " waiting>";
}

}  // namespace weft
