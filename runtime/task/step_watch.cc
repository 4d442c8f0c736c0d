#include "weft/runtime/task/step_watch.h"

#include <cstdio>

namespace weft {

void StepWatch::report(const std::string& executed, const std::string& task) const noexcept {
  char seconds[48];
  std::snprintf(seconds, sizeof seconds, " took %.3f seconds", static_cast<double>(took_) / 1e9);
  runtime_.report({"Executing " + executed + seconds, nullptr, task});
}

}  // namespace weft
