#include "weft/runtime/task/task.h"

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

}  // namespace weft
