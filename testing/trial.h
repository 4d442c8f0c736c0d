#pragma once
// trial: one run of a scenario after another on one loop, each with its cancels, and what is checked after it.
//
//   asyncio   none
//   threads   one, outside any loop.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "weft/runtime/base/clock.h"
#include "weft/runtime/flow/event_loop.h"
#include "weft/runtime/task/frame_pool.h"
#include "weft/testing/cancel_everywhere.h"
#include "weft/testing/probe.h"
#include "weft/testing/watchdog.h"

namespace weft::testing {

class Canceller;
struct TrialRun;

// Where a run is cancelled.
struct CancelPlan {
  // Order asyncio: positions, counted from 1; 0: not.
  std::size_t first = 0;
  std::size_t second = 0;
  // Order depth first.
  enum class By { nobody, thread, task } by = By::nobody;
  std::int64_t delay = 0;  // nanoseconds; real time for a thread, the loop's for a task
  unsigned turns = 0;      // of a task, after the delay
  std::uint64_t seed = 0;
};

struct TrialResult {
  enum class Ending { completed, cancelled, failed, hung } ending = Ending::completed;
  std::vector<std::string> faults;
  std::vector<std::int64_t> positions;  // order asyncio: when each was passed, on the loop's clock since the start
  std::int64_t lasted = 0;              // real time
  std::size_t accepted = 0;             // cancels
  std::size_t refused = 0;
  bool swallowed = false;
};

class Trial {
 public:
  Trial(Scenario& scenario, const CancelOptions& options, RunOptions run_options, Watchdog& watchdog,
        Canceller& canceller);
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;
  // What is pending then is destroyed, and reports of it are dropped.
  ~Trial();

  // Not again on this loop when it has found faults.
  TrialResult run(const CancelPlan& plan);

 private:
  void look_between_entries(bool idle);
  bool settle(TrialRun& run);
  void check_rest(TrialRun& run, FramePool::Live before);
  void check_reports(TrialRun& run);

  Scenario& scenario_;
  const CancelOptions& options_;
  Watchdog& watchdog_;
  Canceller& canceller_;
  VirtualClock clock_;
  std::shared_ptr<TrialRun> run_;  // the frames of a run that has not ended may refer to what it keeps
  EventLoop loop_;
  std::mutex mutex_;  // reports_, which any worker makes
  std::vector<ExceptionContext> reports_;
};

}  // namespace weft::testing
