#include "conformance/random_queues.h"

namespace weft::conformance {
namespace {

template <class SomeQueue>
Coro<std::string> wait_at(SomeQueue& queue, const Statement& statement) {
  if (statement.op == "push") {
    co_await queue.put(std::stoi(statement.args[1]));
    co_return "pushed";
  }
  if (statement.op == "join") {
    co_await queue.join();
    co_return "joined";
  }
  const int item = co_await queue.get();
  co_return std::to_string(item);
}

template <class SomeQueue>
std::string act_at(SomeQueue& queue, const Statement& statement) {
  const std::string& op = statement.op;
  if (op == "pull_now") return std::to_string(queue.get_nowait());
  if (op == "size") return std::to_string(queue.qsize()) + (queue.full() ? " full" : "");
  if (op == "push_now") {
    queue.put_nowait(std::stoi(statement.args[1]));
  } else if (op == "task_done") {
    queue.task_done();
  } else {
    queue.shutdown(statement.args[1] == "1");
  }
  return "None";
}

}  // namespace

Coro<RandomQueues::Words> RandomQueues::wait(const Statement& statement) {
  std::string word = co_await with(statement.args[0], [&](auto& queue) { return wait_at(queue, statement); });
  co_return Words(1, std::move(word));
}

std::string RandomQueues::act(const Statement& statement) {
  return with(statement.args[0], [&](auto& queue) { return act_at(queue, statement); });
}

std::optional<RandomQueues::Words> RandomQueues::at_once(const Statement& statement) {
  static const std::set<std::string> all = {"push_now", "pull_now", "task_done", "shut", "size"};
  if (!all.contains(statement.op)) return std::nullopt;
  try {
    return Words(1, act(statement));
  } catch (const QueueFull&) {
    return Words(1, "F");
  } catch (const QueueEmpty&) {
    return Words(1, "E");
  } catch (const QueueShutDown&) {
    return Words(1, "S");
  } catch (const ValueError&) {
    return Words(1, "V");
  }
}

}  // namespace weft::conformance
