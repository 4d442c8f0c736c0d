#pragma once
// cancel_report: what cancel_everywhere has found.
//
//   asyncio   none
//   threads   a value

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace weft::testing {

struct CancelReport {
  std::string name;                   // of the scenario
  std::vector<std::string> failures;  // sentences: which scenario, cancelled where, what is wrong
  std::size_t positions = 0;          // at which the scenario can be cancelled in order asyncio
  std::size_t runs = 0;
  // How the runs ended: with a result, with CancelledError, with another exception.
  std::size_t completed = 0;
  std::size_t cancelled = 0;
  std::size_t failed = 0;
  // Runs in which cancel() returned true but CancelledError was swallowed; runs in which it came too late and returned false.
  std::size_t swallowed = 0;
  std::size_t too_late = 0;

  bool ok() const noexcept { return failures.empty(); }
  // The failures, a line each, or one line of numbers.
  std::string text() const;
  // Throws RuntimeError with text() unless ok().
  void check() const;
  friend std::ostream& operator<<(std::ostream& out, const CancelReport& report) { return out << report.text(); }
};

}  // namespace weft::testing
