#include "conformance/random_state.h"

#include <cstdint>
#include <optional>

namespace weft::conformance {

std::string describe_error(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const CancelledError& cancelled) {
    return "C" + cancelled.message();
  } catch (const BaseExceptionGroup& group) {
    std::string text;
    for (const std::exception_ptr& inner : group.exceptions())
      text += (text.empty() ? "" : " ") + describe_error(inner);
    return "G(" + text + ")";
  } catch (const ValueError& value) {
    return std::string("V") + value.what();
  } catch (const TimeoutError&) {
    return "T";
  } catch (const InvalidStateError&) {
    return "I";
  } catch (const QueueFull&) {
    return "F";
  } catch (const QueueEmpty&) {
    return "E";
  } catch (const QueueShutDown&) {
    return "S";
  } catch (const RuntimeError&) {
    return "R";
  } catch (const std::exception& other) {
    return other.what();
  } catch (...) {
    return "unknown";
  }
}

Delay delay_of(const std::string& word) {
  if (word == "none") return {};
  return kEighth * std::stoi(word);
}

void RandomState::trace(int number, const Words& words) {
  const AnyTask task = current_task();
  const std::string name = task ? task.get_name() : "-";
  const std::int64_t time = loop_.time().time_since_epoch() / kEighth;
  std::string line =
      std::to_string(time) + " " + (name.starts_with("Task-") ? "anon" : name) + " " + std::to_string(number);
  for (const std::string& word : words) line += " " + word;
  lines.push_back(std::move(line));
}

AnyFuture RandomState::handle(const std::string& word) const {
  if (const auto task = tasks_.find(word); task != tasks_.end()) return task->second;
  if (const auto future = futures_.find(word); future != futures_.end()) return future->second;
  return {};
}

template <class Create>
void RandomState::start(const Statement& statement, Create create) {
  const std::string& name = statement.args[0];
  if (tasks_.contains(name)) return trace(statement.number, {"skipped"});
  Task<int> task = create(named(name[1] - '0', std::stoi(statement.args[1].substr(1))), name);
  tasks_[name] = std::move(task);  // a first step that was taken at once may have used the name
  trace(statement.number, {"created", name});
}

void RandomState::end_future(const Statement& statement) {
  const Future<int>& future = futures_.at(statement.args[0]);
  try {
    if (statement.op == "set") {
      future.set_result(std::stoi(statement.args[1]));
    } else {
      future.set_exception(ValueError("e" + std::to_string(statement.number)));
    }
  } catch (const InvalidStateError&) {
    return trace(statement.number, {"invalid"});
  }
  trace(statement.number, {"ended"});
}

void RandomState::call(const Statement& statement) {
  const auto called = [this, &statement] { trace(statement.number, {"called", std::to_string(variable_.get())}); };
  handles_[statement.args[0]] = statement.op == "soon"
                                    ? loop_.call_soon(called)
                                    : Handle(loop_.call_later(kEighth * std::stoi(statement.args[1]), called));
}

void RandomState::tell(const Statement& statement, const AnyFuture& future) {
  const std::string word = statement.args[0];
  const CallbackId id = future.add_done_callback([this, &statement, word](const AnyFuture&) {
    trace(statement.number, {"told", state(word), std::to_string(variable_.get())});
  });
  callbacks_.emplace_back(future, id);
}

void RandomState::group_spawn(const Statement& statement, const Frame& frame) {
  const Words& args = statement.args;
  const int number = statement.number;
  const auto outwards = static_cast<std::size_t>(std::stoi(args[2]));
  if (outwards >= frame.groups.size() || args[0][1] - '0' <= rank_.get()) return trace(number, {"skipped"});
  TaskGroup& group = *frame.groups[frame.groups.size() - 1 - outwards];
  start(statement, [&group](Coro<int> coro, const std::string& name) {
    return group.create_task(std::move(coro), {.name = name});
  });
}

void RandomState::reschedule(const Statement& statement, const Frame& frame) {
  const Words& args = statement.args;
  const int number = statement.number;
  if (frame.timeouts.empty()) return trace(number, {"skipped"});
  const Delay delay = delay_of(args[0]);
  frame.timeouts.back()->reschedule(
      delay.has_value() ? std::optional(loop_.time() + std::chrono::nanoseconds(delay.nanoseconds())) : std::nullopt);
  trace(number, {"rescheduled"});
}

void RandomState::at_once(const Statement& statement, Frame& frame) {
  const std::string& op = statement.op;
  const Words& args = statement.args;
  const int number = statement.number;
  const std::string own_message = "m" + std::to_string(number);
  if (op == "spawn") {
    start(statement,
          [](Coro<int> coro, const std::string& name) { return create_task(std::move(coro), {.name = name}); });
  } else if (op == "spawn_eager") {
    start(statement, [](Coro<int> coro, const std::string& name) {
      return create_task(std::move(coro), {.name = name, .eager_start = true});
    });
  } else if (op == "ensure") {
    start(statement, [](Coro<int> coro, const std::string& name) {
      Task<int> task = ensure_future(std::move(coro));
      task.set_name(name);
      return task;
    });
  } else if (op == "group_spawn") {
    group_spawn(statement, frame);
  } else if (op == "cancel") {
    const AnyFuture future = handle(args[0]);
    trace(number, {future ? yes(future.cancel(own_message)) : "skipped"});
  } else if (op == "cancel_self") {
    trace(number, {yes(current_task().cancel(own_message))});
  } else if (op == "uncancel") {
    trace(number, {std::to_string(current_task().uncancel())});
  } else if (op == "cancelling") {
    trace(number, {std::to_string(current_task().cancelling())});
  } else if (op == "set" || op == "fail") {
    end_future(statement);
  } else if (op == "told") {
    const AnyFuture future = handle(args[0]);
    if (!future) return trace(number, {"skipped"});
    tell(statement, future);
  } else if (op == "untold") {
    if (callbacks_.empty()) return trace(number, {"skipped"});
    const auto [future, id] = callbacks_.back();
    callbacks_.pop_back();
    trace(number, {future.remove_done_callback(id) ? "1" : "0"});
  } else if (op == "soon" || op == "later") {
    call(statement);
  } else if (op == "drop") {
    const auto found = handles_.find(args[0]);
    if (found == handles_.end()) return trace(number, {"skipped"});
    found->second.cancel();
    trace(number, {"dropped"});
  } else if (op == "get") {
    trace(number, {"is", std::to_string(variable_.get())});
  } else if (op == "put") {
    variable_.set(std::stoi(args[0]));
  } else if (op == "raise") {
    if (args[0] == "V") throw ValueError("r" + std::to_string(number));
    throw CancelledError("r" + std::to_string(number));
  } else if (op == "state") {
    trace(number, {state(args[0])});
  } else if (op == "reraise") {
    if (!frame.caught.empty()) std::rethrow_exception(frame.caught.back());
  } else if (op == "reschedule") {
    reschedule(statement, frame);
  } else if (const auto words = primitives_.at_once(statement)) {
    trace(number, *words);
  } else if (const auto of_a_queue = queues_.at_once(statement)) {
    trace(number, *of_a_queue);
  } else {
    throw ValueError("no instruction is called " + op);
  }
}

}  // namespace weft::conformance
