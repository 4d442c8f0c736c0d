#include "weft/runtime/flow/generator_shutdown.h"

#include <utility>

#include "weft/runtime/flow/gather_core.h"
#include "weft/runtime/task/generator_core.h"

namespace weft {

GeneratorShutdown::GeneratorShutdown(Runtime& runtime) : runtime_(runtime) {
  // In asyncio a generator that was dropped is no concern of shutdown_asyncgens(). There its closing has had its turns before.
  const GeneratorRegistry::Shutdown found = runtime.generators().begin_shutdown(!runtime.asyncio_order());
  const TaskCell* const running = current_cell_or_null();  // does not wait for itself
  std::vector<AnyFuture> futures;
  for (TaskCell* closer : found.closers) {
    AnyTask task(closer);
    if (closer != running) futures.push_back(std::move(task));
  }
  for (const Ref<GeneratorCore>& core : found.to_close) {
    closing_.push_back({AnyTask(core->create_closer(runtime)), core->describe()});
    futures.push_back(closing_.back().task);
    runtime.schedule(&closing_.back().task.cell());
  }
  if (!futures.empty()) future_ = when_all_done(runtime, futures);
}

void GeneratorShutdown::report() const {
  for (const Closing& closing : closing_) {
    if (!closing.task.core().has_error()) continue;
    runtime_.report({"an error occurred during closing of asynchronous generator " + closing.generator,
                     closing.task.exception(), closing.task.get_name()});
  }
}

}  // namespace weft
