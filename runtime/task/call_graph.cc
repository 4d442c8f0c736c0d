#include "weft/runtime/task/call_graph.h"

#include <algorithm>
#include <utility>

#include <absl/container/flat_hash_set.h>

#include "weft/runtime/task/child_cell.h"
#include "weft/runtime/task/wait_edges.h"

namespace weft {
namespace {

// The coroutines from `innermost` up to the root of its task or child, the innermost first.
std::vector<CallFrame> frames_from(PromiseBase* innermost, std::optional<int> limit) {
  std::vector<CallFrame> frames;
  if (limit == 0) return frames;
  const std::size_t most = limit && *limit > 0 ? static_cast<std::size_t>(*limit) : SIZE_MAX;
  while (innermost != nullptr && frames.size() < most) {
    frames.emplace_back(innermost->await_site());
    if (innermost->completion().kind() != Completion::Kind::inline_await) break;
    const InlineAwait* await = innermost->completion().inline_await();
    innermost = await == nullptr ? nullptr : await->parent;
  }
  if (limit && *limit < 0 && frames.size() > static_cast<std::size_t>(-*limit)) {
    frames.erase(frames.begin(), frames.end() + *limit);
  }
  return frames;
}

TaskState state_of_done(const FutureCore& core) noexcept {
  return core.has_result() ? TaskState::finished : core.cancelled() ? TaskState::cancelled : TaskState::failed;
}

class Capture {
 public:
  explicit Capture(const CallGraphOptions& options) : options_(options) {}

  // `running`: the coroutine that runs, when the future is the task that this thread runs.
  void fill(FutureCallGraph& graph, AnyFuture future, PromiseBase* running, unsigned level) {
    FutureCore& core = future.core();
    std::vector<AnyFuture> dependents;
    graph.future = std::move(future);
    graph.is_task = core.is_task();
    if (core.is_task()) {
      look_at(static_cast<TaskCell&>(core), graph, running, dependents);
    } else {
      graph.name = core.describe_self();
      graph.state = core.done() ? state_of_done(core) : TaskState::waiting;
    }
    for (FutureCore* dependent : core.dependents()) dependents.push_back(FutureHandle(dependent));
    follow(graph, core, dependents, level);
  }

 private:
  using Remark = FutureCallGraph::Remark;

  void look_at(TaskCell& cell, FutureCallGraph& graph, PromiseBase* running, std::vector<AnyFuture>& dependents) {
    graph.name = cell.name();
    for (AnyTask& waiting : edges(cell).waiting_for(cell)) dependents.push_back(std::move(waiting));
    if (cell.done()) {
      graph.state = state_of_done(cell);
    } else if (&cell == current_cell_or_null()) {
      graph.state = TaskState::running;
      graph.call_stack = frames_from(running, options_.limit);
    } else if (cell.try_hold()) {
      graph.state = TaskState::waiting;
      graph.call_stack = frames_from(cell.innermost_while_held(), options_.limit);
      graph.waits_for = cell.waiter_while_held().describe_wait();
      const Identity holder = cell.waiter_while_held().holder();
      if (TaskCell* parent = cell.joining_parent(); parent != nullptr) {
        parent->retain();
        dependents.push_back(FutureHandle(parent));
      }
      cell.release_hold();
      graph.held_by = edges(cell).task_of(holder);
    } else {
      graph.state = TaskState::scheduled;
      // In order asyncio nothing else runs while this thread is here.
      Runtime& runtime = *cell.runtime();
      if (runtime.asyncio_order() && runtime.own_worker() != nullptr)
        graph.call_stack = frames_from(cell.innermost_while_held(), options_.limit);
    }
  }

  // Of the first task's loop, looked for once; none where nobody asks who waits.
  const WaitEdges& edges(const TaskCell& cell) {
    if (!edges_) {
      if (options_.levels == 0) {
        edges_.emplace();
      } else {
        edges_.emplace(*cell.runtime());
      }
    }
    return *edges_;
  }

  void follow(FutureCallGraph& graph, FutureCore& core, std::vector<AnyFuture>& dependents, unsigned level) {
    if (dependents.empty()) return;
    if (level == options_.levels) {
      graph.remark = Remark::levels_end;
      return;
    }
    path_.push_back(&core);
    shown_.insert(&core);
    graph.awaited_by.resize(dependents.size());
    for (std::size_t i = 0; i < dependents.size(); ++i) {
      FutureCallGraph& next = graph.awaited_by[i];
      const FutureCore* awaiting = &dependents[i].core();
      if (std::find(path_.begin(), path_.end(), awaiting) != path_.end()) {
        mark(next, dependents[i], Remark::cycle);
      } else if (shown_.contains(awaiting)) {
        mark(next, dependents[i], Remark::shown_already);
      } else {
        fill(next, dependents[i], nullptr, level + 1);
      }
    }
    path_.pop_back();
  }

  static void mark(FutureCallGraph& graph, const AnyFuture& future, Remark remark) {
    graph.future = future;
    graph.is_task = future.core().is_task();
    graph.name = graph.is_task ? static_cast<TaskCell&>(future.core()).name() : future.core().describe_self();
    graph.remark = remark;
  }

  const CallGraphOptions options_;
  std::vector<const FutureCore*> path_;  // from the future that was asked for to the one that is looked at
  std::optional<WaitEdges> edges_;
  absl::flat_hash_set<const FutureCore*> shown_;  // every future whose waiters were followed
};

std::string id_of(const AnyFuture& future) {
  char id[24];
  std::snprintf(id, sizeof id, "%p", static_cast<void*>(future.core_or_null()));
  return id;
}

void format_level(const FutureCallGraph& graph, std::size_t level, std::string& text) {
  using Remark = FutureCallGraph::Remark;
  const std::string indent(4 * level, ' ');
  text += indent + (graph.is_task ? "* Task(name='" + graph.name : "* Future(" + graph.name) +
          (graph.is_task ? "', id=" : ", id=") + id_of(graph.future);
  if (graph.remark == Remark::cycle) {
    text += ") waits for itself: a cycle\n";
    return;
  }
  if (graph.remark == Remark::shown_already) {
    text += ") shown above\n";
    return;
  }
  text += std::string(", ") + std::string(to_string(graph.state)) + ")\n";
  if (!graph.waits_for.empty()) {
    text += indent + "  + Waits for: " + graph.waits_for;
    if (graph.held_by)
      text += ", held by Task(name='" + graph.held_by.get_name() + "', id=" + id_of(graph.held_by) + ")";
    text += "\n";
  }
  if (!graph.call_stack.empty()) {
    text += indent + "  + Call stack:\n";
    for (const CallFrame& frame : graph.call_stack) text += indent + "  |   " + frame.to_string() + "\n";
  }
  if (graph.remark == Remark::levels_end) text += indent + "  + Awaited by others, too far away to be shown\n";
  if (graph.awaited_by.empty()) return;
  text += indent + "  + Awaited by:\n";
  for (const FutureCallGraph& next : graph.awaited_by) format_level(next, level + 1, text);
}

}  // namespace

std::string_view to_string(TaskState state) {
  switch (state) {
    case TaskState::scheduled:
      return "scheduled";
    case TaskState::running:
      return "running";
    case TaskState::waiting:
      return "waiting";
    case TaskState::finished:
      return "finished";
    case TaskState::failed:
      return "failed";
    case TaskState::cancelled:
      return "cancelled";
  }
  return "unknown";
}

FutureCallGraph capture_call_graph(const AnyFuture& future, CallGraphOptions options) {
  FutureCallGraph graph;
  Capture(options).fill(graph, future, nullptr, 0);
  return graph;
}

FutureCallGraph CurrentCallGraph::capture(PromiseBase& awaiting) const {
  TaskCell& cell = current_cell("capture_call_graph");
  cell.retain();
  FutureCallGraph graph;
  Capture(options_).fill(graph, FutureHandle(&cell), &awaiting, 0);
  return graph;
}

std::string format_call_graph(const FutureCallGraph& graph) {
  std::string text;
  format_level(graph, 0, text);
  return text;
}

void print_call_graph(const AnyFuture& future, CallGraphOptions options, std::FILE* file) {
  std::fputs(format_call_graph(future, options).c_str(), file);
}

std::vector<CallFrame> AnyTask::get_stack(std::optional<int> limit) const {
  return capture_call_graph(*this, {.limit = limit, .levels = 0}).call_stack;
}

void AnyTask::print_stack(std::optional<int> limit, std::FILE* file) const {
  const FutureCallGraph graph = capture_call_graph(*this, {.limit = limit, .levels = 0});
  std::string text = (graph.call_stack.empty() ? "No stack for <Task '" : "Stack for <Task '") + graph.name + "' " +
                     std::string(to_string(graph.state)) + ">\n";
  // As asyncio's: the innermost last.
  for (std::size_t i = graph.call_stack.size(); i-- > 0;) text += "  " + graph.call_stack[i].to_string() + "\n";
  std::fputs(text.c_str(), file);
}

}  // namespace weft
