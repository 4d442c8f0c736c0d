#pragma once
// random_queues: the queues of a random program. tools/lib/random_player.py says what the statements do.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "conformance/random_program.h"
#include "weft/primitives/lifo_queue.h"
#include "weft/primitives/priority_queue.h"
#include "weft/primitives/queue.h"
#include "weft/weft.h"

namespace weft::conformance {

class RandomQueues {
 public:
  using Words = std::vector<std::string>;
  // Does the statement wait for a queue?
  static bool waits(const std::string& op) {
    static const std::set<std::string> all = {"push", "pull", "join"};
    return all.contains(op);
  }
  // Gives what is traced.
  Coro<Words> wait(const Statement& statement);
  // For statements that wait for nothing: what is traced; nothing for those of others.
  std::optional<Words> at_once(const Statement& statement);

 private:
  // Calls use(queue) with the one that the word names.
  template <class Use>
  auto with(const std::string& word, Use use) {
    if (word == "q0") return use(single_);
    if (word == "q1") return use(endless_);
    if (word == "p0") return use(sorted_);
    return use(stack_);
  }
  std::string act(const Statement& statement);

  Queue<int> single_{1};
  Queue<int> endless_;
  PriorityQueue<int> sorted_{2};
  LifoQueue<int> stack_{2};
};

}  // namespace weft::conformance
