#include "weft/primitives/barrier.h"

#include "weft/runtime/base/errors.h"

namespace weft {

Barrier::Barrier(int parties, Name name) : state_(parties), name_(std::move(name)) {
  if (parties < 1) throw ValueError("Barrier: parties must be >= 1, but " + std::to_string(parties) + " was given");
}

void Barrier::refuse(const char* why) { throw BrokenBarrierError(why); }

void Barrier::leave() {
  if (state_.leave()) condition_.notify_all();
}

std::string Barrier::describe() const {
  const Phase now = state_.phase();
  if (now == Phase::broken) return name_.opening("Barrier") + " broken>";
  const char* does = now == Phase::filling ? " filling" : now == Phase::draining ? " draining" : " resetting";
  return name_.opening("Barrier") + does + ", " + std::to_string(n_waiting()) + " of " + std::to_string(parties()) +
         " waiting>";
}

}  // namespace weft
