#include "weft/testing/cancel_report.h"

#include "weft/runtime/base/errors.h"

namespace weft::testing {

std::string CancelReport::text() const {
  if (ok()) {
    return name + ": cancelled at " + std::to_string(positions) + " positions and at random, " + std::to_string(runs) +
           " runs: " + std::to_string(cancelled) + " ended as cancelled, " + std::to_string(completed) +
           " with a result (" + std::to_string(swallowed) + " swallowed a cancel), " + std::to_string(failed) +
           " with an error; in " + std::to_string(too_late) + " the cancel came too late";
  }
  std::string lines;
  for (const std::string& failure : failures) lines += (lines.empty() ? "" : "\n") + failure;
  return lines;
}

void CancelReport::check() const {
  if (!ok()) throw RuntimeError(text());
}

}  // namespace weft::testing
