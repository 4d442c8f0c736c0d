#pragma once
// step_watch: in debug mode, how long one step of a task, or one callback, has kept its worker.
//
//   asyncio   loop.slow_callback_duration and "Executing <...> took 0.123 seconds".
//   clock     the loop's.
//   cost      without debug mode one load for each step.

#include <cstdint>
#include <string>

#include "weft/runtime/task/runtime.h"

namespace weft {

class StepWatch {
 public:
  explicit StepWatch(Runtime& runtime) noexcept : runtime_(runtime), began_(runtime.now()) {}
  // The step has ended. True: it took too long, and is to be reported.
  [[nodiscard]] bool was_slow() noexcept {
    took_ = runtime_.now() - began_;
    return took_ >= runtime_.slow_step();
  }
  // `executed` names what was executed; `task`: by which task, if it was one.
  void report(const std::string& executed, const std::string& task = {}) const noexcept;

 private:
  Runtime& runtime_;
  const std::int64_t began_;
  std::int64_t took_ = 0;
};

}  // namespace weft
