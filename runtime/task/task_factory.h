#pragma once
// task_factory: how a loop makes the tasks that create_task, gather, task groups and their like ask for.
//
//   asyncio   loop.set_task_factory, asyncio.eager_task_factory, asyncio.create_eager_task_factory. Different: a factory cannot see the
//             coroutine, whose type it does not know; it is given what makes the task, may change the options, and sees the task.
//   threads   a factory is called on the thread that creates the task, by several at once.
//   errors    what a factory throws comes out of create_task. RuntimeError when it made no task, or several.
//   example   loop.set_task_factory(weft::eager_task_factory);

#include <utility>

#include "weft/runtime/task/task.h"

namespace weft {

// Starts every task at once: TaskOptions.eager_start, unless the creator says otherwise.
AnyTask eager_task_factory(TaskMaker& make, const TaskOptions& options);
// The same around another factory, which is told to start its tasks at once.
TaskFactory create_eager_task_factory(TaskFactory factory);

}  // namespace weft
