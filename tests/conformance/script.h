#pragma once
// script: a C++ counterpart of tests/conformance/scripts/<name>.py, and what running it traces.
//
// Both sides trace the same words; where C++ has no such statement as Python (await in an except block, say), the counterpart
// does the same steps in the same order. tools/record_traces writes what the Python side traces.

#include <exception>
#include <ostream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/weft.h"

namespace weft::conformance {

// trace(words...) adds the line "t=<virtual seconds> words", as print() would write the words.
class Trace {
 public:
  explicit Trace(const Clock& clock) : clock_(clock) {}
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  template <class... Words>
  void operator()(const Words&... words) {
    std::ostringstream line;
    line << time();
    (add(line, words), ...);
    lines_.push_back(line.str());
  }

  const std::vector<std::string>& lines() const noexcept { return lines_; }

  int ticks = 0;  // for the script's own use

 private:
  template <class Word>
  static void add(std::ostringstream& line, const Word& word) {
    line << ' ';
    if constexpr (std::is_same_v<Word, bool>) {
      line << (word ? "True" : "False");
    } else {
      line << word;
    }
  }
  std::string time() const;

  const Clock& clock_;
  std::vector<std::string> lines_;
};

// One of main and drive is set: a main coroutine, or a function that drives the runner itself.
struct Script {
  std::string_view name;
  Coro<void> (*main)(Trace&) = nullptr;
  void (*drive)(Trace&, Runner&) = nullptr;
};
inline void PrintTo(const Script& script, std::ostream* out) { *out << script.name; }

std::span<const Script> as_completed_scripts();
std::span<const Script> async_generator_scripts();
std::span<const Script> async_generator_end_scripts();
std::span<const Script> await_scripts();
std::span<const Script> callback_scripts();
std::span<const Script> cancel_scripts();
std::span<const Script> cancel_race_scripts();
std::span<const Script> condition_scripts();
std::span<const Script> context_scripts();
std::span<const Script> eager_scripts();
std::span<const Script> future_scripts();
std::span<const Script> gather_scripts();
std::span<const Script> gather_cancel_scripts();
std::span<const Script> gather_failure_scripts();
std::span<const Script> lock_scripts();
std::span<const Script> loop_scripts();
std::span<const Script> queue_scripts();
std::span<const Script> run_scripts();
std::span<const Script> seed_scripts();
std::span<const Script> shutdown_scripts();
std::span<const Script> task_group_scripts();
std::span<const Script> task_scripts();
std::span<const Script> timer_scripts();
std::span<const Script> timeout_scripts();
std::span<const Script> wait_scripts();
std::span<const Script> wait_for_scripts();
std::vector<Script> all_scripts();

// The lines that the script traces in order asyncio on a virtual clock.
std::vector<std::string> play(const Script& script);

// The name that asyncio gives to the error's type.
std::string type_name(const std::exception_ptr& error);

// A range of one. (g++ 12 takes no braces in an expression that awaits.)
template <class Handle>
std::vector<Handle> only(Handle handle) {
  return std::vector<Handle>(1, std::move(handle));
}

// Counts the ticks of the loop in trace.ticks until it is cancelled.
Coro<void> count_ticks(Trace& trace);

}  // namespace weft::conformance
