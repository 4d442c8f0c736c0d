#include "weft/runtime/task/task.h"

#include "weft/runtime/task/frame_pool.h"

namespace weft {

AnyTask current_task() {
  Runtime::current("current_task");
  TaskCell* cell = current_cell_or_null();
  if (cell == nullptr) return AnyTask();
  cell->retain();
  return AnyTask(cell);
}

std::vector<AnyTask> all_tasks() {
  std::vector<AnyTask> tasks;
  for (TaskCell* cell : pending_cells(Runtime::current("all_tasks"))) tasks.emplace_back(cell);
  return tasks;
}

AnyTask find_pending_task(Identity identity) {
  struct Search {
    const Identity wanted;
    std::vector<AnyTask> looked_at;  // released after the search, not under the pool's lock
    AnyTask found;
  } search{identity, {}, {}};
  if (identity.none()) return {};
  FramePool::for_each_cell(
      [](void* block, void* context) {
        auto& mine = *static_cast<Search*>(context);
        // Of a cell its address is enough; whoever was a child must be asked.
        if (mine.wanted.is_cell() && block != mine.wanted.cell()) return;
        if (!FutureCore::try_retain_block(block)) return;
        mine.looked_at.emplace_back(static_cast<TaskCell*>(block));
        const TaskCell& cell = mine.looked_at.back().cell();
        const bool is_wanted = mine.wanted.is_cell() || cell.former_identity().bits() == mine.wanted.bits();
        if (is_wanted && !cell.done()) mine.found = mine.looked_at.back();
      },
      &search);
  return search.found;
}

}  // namespace weft
