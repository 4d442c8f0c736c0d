#pragma once
// random_state: what a random program works on, and its statements that wait for nothing. tools/lib/random_player.py says what they do.

#include <chrono>
#include <exception>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "conformance/random_primitives.h"
#include "conformance/random_program.h"
#include "conformance/random_queues.h"
#include "weft/weft.h"

namespace weft::conformance {

inline constexpr std::chrono::milliseconds kEighth{125};
using Words = std::vector<std::string>;
using Block = std::vector<Statement>;

// As random_player.py describes errors.
std::string describe_error(const std::exception_ptr& error);
// None, or so many eighths of a second.
Delay delay_of(const std::string& word);

// What one run of a body has around its statements.
struct Frame {
  std::vector<TaskGroup*> groups;
  std::vector<Timeout*> timeouts;
  std::vector<std::exception_ptr> caught;
};

class RandomState {
 public:
  RandomState(const RandomState&) = delete;
  RandomState& operator=(const RandomState&) = delete;
  std::vector<std::string> lines;

 protected:
  RandomState() {
    for (int i = 0; i < 4; ++i) futures_["f" + std::to_string(i)] = loop_.create_future<int>();
  }
  virtual ~RandomState() = default;
  // What a task runs that has a name.
  virtual Coro<int> named(int rank, int body) = 0;

  void trace(int number, const Words& words);
  static std::string yes(bool is) { return is ? "yes" : "no"; }
  // Empty for a task that was never created.
  AnyFuture handle(const std::string& word) const;
  template <class Handle>
  static std::string state_of(const Handle& future) {
    if (!future.done()) return "pending";
    if (future.cancelled()) return "cancelled";
    const std::exception_ptr error = future.exception();
    return error == nullptr ? std::to_string(future.result()) : describe_error(error);
  }
  std::string state(const Task<int>& task) const { return state_of(task); }
  std::string state(const std::string& word) const {
    if (const auto task = tasks_.find(word); task != tasks_.end()) return state_of(task->second);
    if (const auto future = futures_.find(word); future != futures_.end()) return state_of(future->second);
    return "none";
  }
  // Executes a statement that waits for nothing.
  void at_once(const Statement& statement, Frame& frame);

  EventLoop& loop_ = get_running_loop();
  const ContextVar<int> variable_{"variable", 0};
  // A task waits for tasks with a higher rank only; see random_player.py.
  const ContextVar<int> rank_{"rank", -1};
  std::map<std::string, Task<int>> tasks_;
  std::map<std::string, Future<int>> futures_;
  RandomPrimitives primitives_;
  RandomQueues queues_;

 private:
  template <class Create>
  void start(const Statement& statement, Create create);
  void end_future(const Statement& statement);
  void call(const Statement& statement);
  void tell(const Statement& statement, const AnyFuture& future);
  void group_spawn(const Statement& statement, const Frame& frame);
  void reschedule(const Statement& statement, const Frame& frame);

  std::map<std::string, Handle> handles_;
  std::vector<std::pair<AnyFuture, CallbackId>> callbacks_;
};

}  // namespace weft::conformance
