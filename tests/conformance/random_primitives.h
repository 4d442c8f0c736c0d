#pragma once
// random_primitives: the locks, semaphores, events, conditions and barriers of a random program. tools/lib/random_player.py says what the
// statements do.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "conformance/random_program.h"
#include "weft/primitives/barrier.h"
#include "weft/primitives/event.h"
#include "weft/primitives/semaphore.h"
#include "weft/weft.h"

namespace weft::conformance {

class RandomPrimitives {
 public:
  using Words = std::vector<std::string>;
  // Does the statement wait for a primitive?
  static bool waits(const std::string& op) {
    static const std::set<std::string> all = {"lock", "down", "event", "condition", "barrier", "reset", "abort"};
    return all.contains(op);
  }
  // Gives what is traced.
  Coro<Words> wait(const Statement& statement);
  // For statements that wait for nothing: what is traced; nothing for those of others.
  std::optional<Words> at_once(const Statement& statement);
  void release_locks() {
    for (Lock* const lock : {&first_, &second_, &shared_}) {
      if (lock->locked()) lock->release();
    }
  }

 private:
  std::string act(const Statement& statement);
  Lock& lock(const std::string& word) { return word == "c0" ? shared_ : word == "l0" ? first_ : second_; }
  Semaphore& semaphore(const std::string& word) { return word == "s0" ? one_ : word == "s1" ? two_ : bounded_; }
  Event& event(const std::string& word) { return word == "e0" ? first_event_ : second_event_; }
  Barrier& barrier(const std::string& word) { return word == "k0" ? pair_ : three_; }

  Lock first_, second_, shared_;
  Condition condition_{shared_};
  Semaphore one_{1}, two_{2};
  BoundedSemaphore bounded_{1};
  Event first_event_, second_event_;
  Barrier pair_{2}, three_{3};
};

}  // namespace weft::conformance
