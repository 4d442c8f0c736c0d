#include "weft/runtime/task/task_factory.h"

#include <functional>

#include "weft/runtime/base/errors.h"

namespace weft {
namespace {

TaskOptions started_eagerly(TaskOptions options) {
  if (!options.eager_start) options.eager_start = true;
  return options;
}

}  // namespace

AnyTask TaskMaker::operator()(const TaskOptions& options) {
  if (std::exchange(used_, true)) {
    throw RuntimeError("the task factory asked for a second task; one coroutine makes one task");
  }
  return make(options);
}

void TaskMaker::run_factory(Runtime& runtime, const TaskOptions& options) {
  const std::shared_ptr<const TaskFactory> factory = runtime.task_factory();
  if (factory == nullptr) {  // it was taken away meanwhile
    static_cast<void>((*this)(options));
    return;
  }
  static_cast<void>((*factory)(*this, options));
  if (!used_) throw RuntimeError("the task factory made no task; it must call its TaskMaker once");
}

AnyTask eager_task_factory(TaskMaker& make, const TaskOptions& options) { return make(started_eagerly(options)); }

TaskFactory create_eager_task_factory(TaskFactory factory) {
  if (!factory) throw ValueError("create_eager_task_factory: the factory is empty");
  return [factory = std::move(factory)](TaskMaker& make, const TaskOptions& options) {
    return factory(make, started_eagerly(options));
  };
}

}  // namespace weft
