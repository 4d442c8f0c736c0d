#pragma once
// wait_edges: who waits for what somebody holds: the edges of the wait-for graph that no future carries.
//
//   threads   from any thread. Each pending task of the loop is held for a moment; it is a picture of one moment only if nothing runs.
//   cost      a look at each pending task of the loop, at construction.
//   bounds    a child of a join is found as soon as somebody has seen it: when it has suspended, or asked who it is.

#include <cstdint>
#include <map>
#include <vector>

#include "weft/runtime/task/identity.h"
#include "weft/runtime/task/task.h"

namespace weft {

class WaitEdges {
 public:
  WaitEdges() = default;
  explicit WaitEdges(Runtime& runtime);

  // Those that wait for what the task holds, in the order of their creation.
  std::vector<AnyTask> waiting_for(const TaskCell& holder) const;
  // The pending task that it names; empty when there is none.
  AnyTask task_of(Identity identity) const;

 private:
  std::multimap<std::uintptr_t, AnyTask> waiting_;  // by the holder's identity
  std::map<std::uintptr_t, AnyTask> holders_;
};

}  // namespace weft
