#include "weft/runtime/task/left_behind.h"

#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace weft {
namespace {

struct Watched {
  std::mutex mutex;
  std::unordered_map<const PromiseBase*, std::vector<AnyTask>> tasks;
};
// Never destroyed: coroutines may die after main().
Watched& watched() {
  static Watched* const of_process = new Watched;
  return *of_process;
}

// A coroutine of this library that merely carries the user's along.
bool is_ours(const PromiseBase& promise) {
  return std::string_view(promise.await_site().file_name()).find("weft/runtime/") != std::string_view::npos;
}

}  // namespace

void watch_left_behind(PromiseBase& gathering, std::vector<AnyTask> tasks) {
  PromiseBase* parent = &gathering;
  while (is_ours(*parent) && parent->completion().kind() == Completion::Kind::inline_await)
    parent = parent->completion().inline_await()->parent;
  parent->watch_end();
  const std::lock_guard lock(watched().mutex);
  std::vector<AnyTask>& known = watched().tasks[parent];
  for (AnyTask& task : tasks) known.push_back(std::move(task));
}

void watched_coroutine_ends(PromiseBase& ending) noexcept {
  std::vector<AnyTask> tasks;
  {
    const std::lock_guard lock(watched().mutex);
    const auto found = watched().tasks.find(&ending);
    if (found == watched().tasks.end()) return;
    tasks = std::move(found->second);
    watched().tasks.erase(found);
  }
  const CallFrame frame(ending.await_site());
  for (const AnyTask& task : tasks) {
    Runtime& runtime = *task.core().runtime();
    if (task.done() || &runtime != Runtime::of_this_thread()) continue;  // or the loop is being closed
    runtime.report({task.core().describe_self() + " outlives the coroutine that gathered it, " + frame.function() +
                        "() at " + place_of(ending.await_site()) +
                        ": a gather that failed leaves its other children running, so they must own what they use; "
                        "fork_join waits for all of them",
                    nullptr, task.get_name()});
  }
}

}  // namespace weft
