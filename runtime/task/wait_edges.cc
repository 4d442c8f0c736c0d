#include "weft/runtime/task/wait_edges.h"

#include "weft/runtime/task/task_cell.h"

namespace weft {

WaitEdges::WaitEdges(Runtime& runtime) {
  std::vector<AnyTask> pending;
  for (TaskCell* cell : pending_cells(runtime)) pending.emplace_back(cell);
  for (const AnyTask& task : pending) {
    TaskCell& cell = task.cell();
    if (!cell.try_hold()) continue;
    const Identity holder = cell.waiter_while_held().holder();
    cell.release_hold();
    if (!holder.none()) waiting_.emplace(holder.bits(), task);
  }
  if (waiting_.empty()) return;
  for (const AnyTask& task : pending) {
    for (const Identity identity : {Identity(&task.cell()), task.cell().former_identity()}) {
      if (waiting_.contains(identity.bits())) holders_[identity.bits()] = task;
    }
  }
}

std::vector<AnyTask> WaitEdges::waiting_for(const TaskCell& holder) const {
  std::vector<AnyTask> all;
  for (const Identity identity : {Identity(const_cast<TaskCell*>(&holder)), holder.former_identity()}) {
    const auto [first, last] = waiting_.equal_range(identity.bits());
    for (auto edge = first; edge != last; ++edge) all.push_back(edge->second);
  }
  return all;
}

AnyTask WaitEdges::task_of(Identity identity) const {
  const auto found = holders_.find(identity.bits());
  return found == holders_.end() ? AnyTask() : found->second;
}

}  // namespace weft
