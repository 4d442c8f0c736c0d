#pragma once
// cancel_everywhere: runs a piece of asynchronous code again and again and cancels it somewhere else each time.
//
//   asyncio   none
//   scenario  a callable that takes a Probe& and gives a coroutine, fresh for each run; the callable lives as long as the call. The coroutine
//             runs as a task, and that task is cancelled. What several tasks or the checks share is kept by the probe.
//   exact     in order asyncio: first without a cancel; then cancelled at its first position, its second, and so on until it ends before it
//             is cancelled; then at each position and once more a few positions later. A position is each gap between two entries of the
//             ready queue, and the idle moment before the clock moves on: so before the first step, in each wait, and between a wake-up and its step.
//   racing    in order depth first on each number of workers: at pseudo-random moments, from another thread and from another task.
//   time      virtual: sleeps take no time.
//   checked   after each run: it ended; a task whose cancel() returned true ended as cancelled, unless the scenario said that it swallows that,
//             and no other task did; no task is pending, no timer is left, no coroutine or task leaked; nothing was reported to the
//             exception handler that the scenario did not announce; and what the probe was told.
//   hangs     a run that lasts too long is stopped and reported. One that computes without ever suspending cannot be: the process ends.
//   errors    in the report, sentences that say how to see the run again. RuntimeError inside a running loop; ValueError for options
//             that make no sense.
//   threads   no other thread may run a loop meanwhile (coroutines are counted for the whole process).
//   example   tests/cancel/transfer_test.cc

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/task/task.h"
#include "weft/testing/cancel_report.h"
#include "weft/testing/probe.h"

namespace weft::testing {

struct CancelOptions {
  // Of the scenario, for the report.
  std::string name = "the scenario";
  // Where there are more positions, these many are taken, spread evenly and moved by the seed. 0: none, racing only.
  std::size_t max_positions = 400;
  // How many positions later the second cancel comes at most; 0: no second cancel.
  unsigned second_cancels = 2;
  // Numbers of workers to race on, and how often on each.
  std::vector<int> workers = {1, 2, 8};
  unsigned repeats = 30;
  // Of the first racing run; the following ones count up.
  std::uint64_t seed = 1;
  // How long what the scenario leaves behind may go on, on the loop's clock.
  std::chrono::nanoseconds settle = std::chrono::minutes(1);
  // How long a run may last, in real time.
  std::chrono::nanoseconds limit = std::chrono::seconds(20);
  // After these many failures nothing more is tried.
  std::size_t max_failures = 5;
};

class Scenario {
 public:
  Scenario() = default;
  Scenario(const Scenario&) = delete;
  Scenario& operator=(const Scenario&) = delete;
  // On the loop: a new task.
  virtual AnyTask start(Probe& probe) = 0;

 protected:
  ~Scenario() = default;
};

template <class Function>
class ScenarioOf final : public Scenario {
 public:
  explicit ScenarioOf(Function& function) noexcept : function_(function) {}
  AnyTask start(Probe& probe) override { return create_task(function_(probe), {.name = "scenario"}); }

 private:
  Function& function_;
};

CancelReport cancel_scenario_everywhere(Scenario& scenario, const CancelOptions& options);

template <class Function>
requires std::is_invocable_v<Function&, Probe&> CancelReport cancel_everywhere(Function&& function,
                                                                               const CancelOptions& options = {}) {
  ScenarioOf<std::remove_reference_t<Function>> scenario(function);
  return cancel_scenario_everywhere(scenario, options);
}

}  // namespace weft::testing
