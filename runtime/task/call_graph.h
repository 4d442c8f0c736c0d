#pragma once
// call_graph: what a task waits for, through which coroutines, and who waits for it.
//
//   asyncio   asyncio.capture_call_graph, format_call_graph and print_call_graph of 3.14. Different: a coroutine that runs cannot be looked
//             into from a function it calls, so the current task's own graph is awaited: `co_await capture_call_graph()`. Each task also
//             says its state and what it waits for; cycles and repetitions are named and not followed.
//   threads   from any thread, on tasks of any loop. A task that waits is held for the time that its frames are copied, so that they stay.
//             A task on another worker's run queue may begin to run at any moment: it has a state and no frames.
//   cost      nothing while nobody asks, but one store at each co_await.
//   errors    RuntimeError for an empty handle, and for the current task's graph where no loop runs.
//   example   weft::print_call_graph(task);

#include <coroutine>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weft/runtime/task/call_frame.h"
#include "weft/runtime/task/task.h"

namespace weft {

enum class TaskState {
  scheduled,  // on a run queue, or it runs on another worker
  running,    // on this thread
  waiting,
  finished,
  failed,
  cancelled
};
std::string_view to_string(TaskState state);

struct CallGraphOptions {
  // Nothing: every frame. Positive: so many, from the innermost on. Negative: so many, from the outermost on. 0: none, only who waits.
  std::optional<int> limit = {};
  // How many waiters of waiters are followed.
  unsigned levels = 100;
};

struct FutureCallGraph {
  enum class Remark { none, cycle, shown_already, levels_end };

  AnyFuture future;
  bool is_task = false;
  std::string name;  // of a task; of another future what it says of itself
  TaskState state = TaskState::waiting;
  std::string waits_for;  // empty: for nothing, or it is not known
  AnyTask held_by;        // the task that holds a lock or the like which is waited for; empty: none, or it is not known
  std::vector<CallFrame> call_stack;        // the innermost first
  std::vector<FutureCallGraph> awaited_by;  // those that wait for a lock which the task holds, too
  // Why awaited_by is empty although somebody may wait: this future waits for itself, is shown elsewhere in the graph, or is too far away.
  Remark remark = Remark::none;
};

FutureCallGraph capture_call_graph(const AnyFuture& future, CallGraphOptions options = {});
std::string format_call_graph(const FutureCallGraph& graph);
inline std::string format_call_graph(const AnyFuture& future, CallGraphOptions options = {}) {
  return format_call_graph(capture_call_graph(future, options));
}
void print_call_graph(const AnyFuture& future, CallGraphOptions options = {}, std::FILE* file = stdout);

// co_await capture_call_graph(): of the task that awaits it. It does not suspend.
class [[nodiscard("co_await capture_call_graph()")]] CurrentCallGraph {
 public:
  explicit CurrentCallGraph(CallGraphOptions options) noexcept : options_(options) {}
  static bool await_ready() noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    graph_ = capture(awaiting.promise());
    return false;
  }
  FutureCallGraph await_resume() noexcept { return std::move(graph_); }

 private:
  FutureCallGraph capture(PromiseBase & awaiting) const;
  CallGraphOptions options_;
  FutureCallGraph graph_;
};
inline CurrentCallGraph capture_call_graph(CallGraphOptions options = {}) noexcept { return CurrentCallGraph(options); }

}  // namespace weft
