#pragma once
// left_behind: in debug mode, the tasks that a failed gather leaves running, watched until the coroutine that gathered them ends.
//
//   asyncio   has no counterpart: there a frame lives as long as somebody refers to it.
//   why       what a child borrows from its parent's frame is gone then; fork_join and task groups wait for their children.
//   threads   from any thread.

#include <vector>

#include "weft/runtime/task/task.h"

namespace weft {

// `gathering` waits for `tasks`, which are pending, no longer. If it ends before they do that is reported.
void watch_left_behind(PromiseBase& gathering, std::vector<AnyTask> tasks);

}  // namespace weft
