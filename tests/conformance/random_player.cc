#include "conformance/random_player.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "conformance/random_state.h"

namespace weft::conformance {
namespace {

constexpr int kMostStatements = 150;
// What a return statement returned; nothing when there was none.
using Value = std::optional<int>;

bool matches(const std::exception_ptr& error, const std::string& kinds) {
  return kinds.find('*') != std::string::npos || kinds.find(describe_error(error)[0]) != std::string::npos;
}

class Play final : public RandomState {
 public:
  explicit Play(const RandomProgram& program) : program_(program) {}

  Coro<void> root() {
    const Task<int> main = create_task(body(0), {.name = "main"});
    co_await wait(std::vector<Task<int>>(1, main), {.timeout = 30.0});
    trace(0, {"main", state(main)});
    std::vector<AnyTask> pending;
    for (int round = 0; round < 40; ++round) {
      pending = all_tasks();
      std::erase(pending, current_task());
      if (pending.empty()) break;
      for (const AnyTask& task : pending) task.cancel("over");
      primitives_.release_locks();
      co_await sleep(kEighth);
    }
    trace(0, {"left", std::to_string(pending.size())});
    co_await sleep(16 * kEighth);  // whatever was set off has happened then
  }

 private:
  struct Item {
    char kind;  // task, future, body
    std::string word;
  };

  Coro<int> body(int number) {
    static const Block nothing;
    Frame frame;
    const auto index = static_cast<std::size_t>(number);
    const Value value = co_await block(index < program_.bodies.size() ? program_.bodies[index] : nothing, frame);
    co_return value.value_or(number);
  }
  Coro<int> named(int rank, int number) override {
    rank_.set(rank);
    co_return co_await body(number);
  }

  Coro<Value> block(const Block& statements, Frame& frame) {
    for (const Statement& statement : statements) {
      if (++steps_ > kMostStatements) co_return 0;
      const Value value = co_await execute(statement, frame);
      if (value) co_return value;
    }
    co_return std::nullopt;
  }

  Coro<Value> execute(const Statement& statement, Frame& frame) {
    const std::string& op = statement.op;
    if (op == "try") co_return co_await try_block(statement, frame);
    if (op == "timeout") co_return co_await timeout_block(statement, frame);
    if (op == "group") co_return co_await group_block(statement, frame);
    if (op == "return") co_return std::stoi(statement.args[0]);
    if (op == "sleep") {
      co_await sleep(kEighth * std::stoi(statement.args[0]));
      trace(statement.number, {"slept"});
    } else if (op == "await" || op == "wait_for" || op == "shield") {
      co_await give_one(statement);
    } else if (op == "gather") {
      co_await give_gather(statement);
    } else if (op == "wait") {
      co_await give_wait(statement);
    } else if (op == "as_completed" || op == "handles") {
      co_await give_completed(statement);
    } else if (RandomPrimitives::waits(op)) {
      const Words words = co_await primitives_.wait(statement);
      trace(statement.number, words);
    } else if (RandomQueues::waits(op)) {
      const Words words = co_await queues_.wait(statement);
      trace(statement.number, words);
    } else {
      at_once(statement, frame);
    }
    co_return std::nullopt;
  }

  // --- what a statement refers to ------------------------------------------------------------------------------------
  // Empty when a task among them was never created, or must not be waited for here.
  std::vector<Item> items(const Statement& statement, std::size_t from) {
    std::vector<Item> found;
    for (std::size_t i = from; i < statement.args.size(); ++i) {
      const std::string& word = statement.args[i];
      found.push_back({word[0] == 't' && !may_wait(word, statement.op) ? '?' : word[0], word});
    }
    if (std::any_of(found.begin(), found.end(), [](const Item& item) { return item.kind == '?'; })) {
      trace(statement.number, {"skipped"});
      found.clear();
    }
    return found;
  }
  bool may_wait(const std::string& word, const std::string& op) const {
    const auto task = tasks_.find(word);
    if (task == tasks_.end()) return false;
    return word[1] - '0' > rank_.get() || (op == "await" && task->second == current_task());
  }
  Coro<int> body_of(const Item& item) { return body(std::stoi(item.word.substr(1))); }

  // --- statements that wait ------------------------------------------------------------------------------------------
  template <class Awaitable>
  Coro<int> one(const Statement& statement, Awaitable awaitable) {
    if (statement.op == "shield") co_return co_await shield(std::move(awaitable));
    if (statement.op == "wait_for") co_return co_await wait_for(std::move(awaitable), delay_of(statement.args[0]));
    co_return co_await std::move(awaitable);
  }
  Coro<void> give_one(const Statement& statement) {
    const std::vector<Item> found = items(statement, statement.op == "wait_for" ? 1 : 0);
    if (found.empty()) co_return;
    const Item& item = found[0];
    int value = 0;
    if (item.kind == 't') {
      value = co_await one(statement, tasks_.at(item.word));
    } else if (item.kind == 'f') {
      value = co_await one(statement, futures_.at(item.word));
    } else {
      value = co_await one(statement, body_of(item));
    }
    trace(statement.number, {std::to_string(value)});
  }

  template <class Range>
  Coro<Words> gathered(bool returned, Range range) {
    Words words;
    if (returned) {
      for (const Outcome<int>& outcome : co_await gather(return_exceptions, std::move(range)))
        words.push_back(outcome.exception() == nullptr ? std::to_string(outcome.value())
                                                       : describe_error(outcome.exception()));
    } else {
      for (const int value : co_await gather(std::move(range))) words.push_back(std::to_string(value));
    }
    co_return words;
  }
  template <class First, class Second>
  Coro<Words> gathered_pair(bool returned, First first, Second second) {
    Words words;
    if (returned) {
      const auto both = co_await gather(return_exceptions, std::move(first), std::move(second));
      for (const Outcome<int>& outcome : {std::get<0>(both), std::get<1>(both)})
        words.push_back(outcome.exception() == nullptr ? std::to_string(outcome.value())
                                                       : describe_error(outcome.exception()));
    } else {
      const auto both = co_await gather(std::move(first), std::move(second));
      for (const int value : {std::get<0>(both), std::get<1>(both)}) words.push_back(std::to_string(value));
    }
    co_return words;
  }
  Coro<void> give_gather(const Statement& statement) {
    const std::vector<Item> found = items(statement, 1);
    if (found.empty()) co_return;
    const bool returned = statement.args[0] == "return";
    Words words;
    const std::string kinds = found.size() == 2 ? std::string{found[0].kind, found[1].kind} : std::string();
    if (kinds == "tf") {
      words = co_await gathered_pair(returned, tasks_.at(found[0].word), futures_.at(found[1].word));
    } else if (kinds == "bt") {
      words = co_await gathered_pair(returned, body_of(found[0]), tasks_.at(found[1].word));
    } else if (kinds == "bf") {
      words = co_await gathered_pair(returned, body_of(found[0]), futures_.at(found[1].word));
    } else if (found[0].kind == 't') {
      words = co_await gathered(returned, tasks_of(found));
    } else if (found[0].kind == 'f') {
      std::vector<Future<int>> futures;
      for (const Item& item : found) futures.push_back(futures_.at(item.word));
      words = co_await gathered(returned, std::move(futures));
    } else {
      words = co_await gathered(returned, bodies_of(found));
    }
    trace(statement.number, words);
  }
  std::vector<Task<int>> tasks_of(const std::vector<Item>& found) const {
    std::vector<Task<int>> tasks;
    for (const Item& item : found) tasks.push_back(tasks_.at(item.word));
    return tasks;
  }
  std::vector<Coro<int>> bodies_of(const std::vector<Item>& found) {
    std::vector<Coro<int>> bodies;
    for (const Item& item : found) bodies.push_back(body_of(item));
    return bodies;
  }

  Coro<void> give_wait(const Statement& statement) {
    const std::vector<Item> found = items(statement, 2);
    if (found.empty()) co_return;
    std::vector<AnyFuture> futures;
    Words names;
    for (const Item& item : found) {
      futures.push_back(handle(item.word));
      if (std::find(names.begin(), names.end(), item.word) == names.end()) names.push_back(item.word);
    }
    const std::string& mode = statement.args[0];
    const Waited<AnyFuture> waited = co_await wait(futures, {.timeout = delay_of(statement.args[1]),
                                                             .return_when = mode == "all"     ? ALL_COMPLETED
                                                                            : mode == "first" ? FIRST_COMPLETED
                                                                                              : FIRST_EXCEPTION});
    Words words(1, "done");
    const auto add = [&](const std::vector<AnyFuture>& these) {
      for (const std::string& name : names) {
        if (std::find(these.begin(), these.end(), handle(name)) != these.end()) words.push_back(name);
      }
    };
    add(waited.done);
    words.push_back("pending");
    add(waited.pending);
    trace(statement.number, words);
  }

  template <class Range>
  Coro<Words> completed(const Statement& statement, Range range) {
    Words words;
    auto all = as_completed(std::move(range), {.timeout = delay_of(statement.args[0])});
    if (statement.op == "handles") {
      try {
        while (const Task<int> task = co_await all.next()) words.push_back(name_of(task) + "=" + state_of(task));
      } catch (const TimeoutError&) {
        words.push_back("T");
      }
      co_return words;
    }
    for (auto&& step : all) {
      try {
        const int value = co_await std::move(step);
        words.push_back(std::to_string(value));
      } catch (const ValueError&) {
        words.push_back(describe_error(std::current_exception()));
      } catch (const TimeoutError&) {
        words.push_back("T");
      }
    }
    co_return words;
  }
  std::string name_of(const Task<int>& task) const {
    for (const auto& [name, known] : tasks_) {
      if (known == task) return name;
    }
    return "anon";
  }
  Coro<void> give_completed(const Statement& statement) {
    const std::vector<Item> found = items(statement, 1);
    if (found.empty()) co_return;
    Words words;
    if (found[0].kind == 't') {
      words = co_await completed(statement, tasks_of(found));
    } else {
      words = co_await completed(statement, bodies_of(found));
    }
    trace(statement.number, words);
  }

  // --- blocks --------------------------------------------------------------------------------------------------------
  Coro<Value> try_block(const Statement& statement, Frame& frame) {
    Value value;
    std::exception_ptr error;
    try {
      value = co_await block(statement.parts[0], frame);
    } catch (...) {
      error = std::current_exception();
    }
    if (error != nullptr && matches(error, statement.args[0])) {
      trace(statement.number, {"caught", describe_error(error)});
      frame.caught.push_back(std::exchange(error, nullptr));
      try {
        value = co_await block(statement.parts[1], frame);
      } catch (...) {
        error = std::current_exception();
      }
      frame.caught.pop_back();
    }
    co_await block(statement.parts[2], frame);
    if (error != nullptr) std::rethrow_exception(error);
    co_return value;
  }

  Coro<Value> timeout_block(const Statement& statement, Frame& frame) {
    const auto inside = [&](Timeout& timeout) -> Coro<Value> {
      frame.timeouts.push_back(&timeout);
      Value value;
      try {
        value = co_await block(statement.parts[0], frame);
        trace(statement.number, {"expired", yes(timeout.expired())});
      } catch (...) {
        frame.timeouts.pop_back();
        throw;
      }
      frame.timeouts.pop_back();
      co_return value;
    };
    co_return co_await with_timeout(delay_of(statement.args[0]), inside);
  }

  Coro<Value> group_block(const Statement& statement, Frame& frame) {
    const auto inside = [&](TaskGroup& group) -> Coro<Value> {
      frame.groups.push_back(&group);
      Value value;
      try {
        value = co_await block(statement.parts[0], frame);
      } catch (...) {
        frame.groups.pop_back();
        throw;
      }
      frame.groups.pop_back();
      co_return value;
    };
    co_return co_await with_task_group(inside);
  }

  const RandomProgram& program_;
  int steps_ = 0;
};

Coro<void> play_inside(const RandomProgram& program, std::vector<std::string>& lines) {
  get_running_loop().set_exception_handler([](const ExceptionContext&) {});
  Play play(program);
  co_await play.root();
  lines = std::move(play.lines);
}

}  // namespace

std::vector<std::string> play(const RandomProgram& program) {
  VirtualClock clock;
  std::vector<std::string> lines;
  run(play_inside(program, lines), {.workers = 1, .order = Order::asyncio, .clock = &clock});
  return lines;
}

}  // namespace weft::conformance
