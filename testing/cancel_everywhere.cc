#include "weft/testing/cancel_everywhere.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/base/random.h"
#include "weft/testing/canceller.h"
#include "weft/testing/trial.h"
#include "weft/testing/watchdog.h"

namespace weft::testing {
namespace {

void check_options(const CancelOptions& options) {
  for (const int workers : options.workers) {
    if (workers < 1) {
      throw ValueError("cancel_everywhere: CancelOptions.workers holds " + std::to_string(workers) +
                       "; give numbers of workers to race on, each 1 or more, or none");
    }
  }
  if (options.limit.count() <= 0) throw ValueError("cancel_everywhere: CancelOptions.limit must be positive");
  if (options.max_failures == 0) throw ValueError("cancel_everywhere: CancelOptions.max_failures must be positive");
}

class Exploration {
 public:
  Exploration(Scenario& scenario, const CancelOptions& options)
      : scenario_(scenario), options_(options), watchdog_(options.limit) {
    report_.name = options.name;
  }
  CancelReport explore() && {
    const TrialResult whole = run_exactly({});
    positions_ = whole.positions;
    report_.positions = positions_.size();
    if (go_on()) cancel_at_positions();
    for (const int workers : options_.workers) race(workers);
    return std::move(report_);
  }

 private:
  bool go_on() const { return report_.failures.size() < options_.max_failures && !hung_; }

  void count(const TrialResult& result) {
    ++report_.runs;
    switch (result.ending) {
      case TrialResult::Ending::completed:
        ++report_.completed;
        break;
      case TrialResult::Ending::cancelled:
        ++report_.cancelled;
        break;
      case TrialResult::Ending::failed:
        ++report_.failed;
        break;
      case TrialResult::Ending::hung:
        hung_ = true;
        break;
    }
    if (result.swallowed) ++report_.swallowed;
    if (result.refused != 0) ++report_.too_late;
    for (const std::string& fault : result.faults) {
      if (report_.failures.size() < options_.max_failures) report_.failures.push_back(fault);
    }
  }

  TrialResult run_exactly(const CancelPlan& plan) {
    Trial trial(scenario_, options_, {.workers = 1, .order = Order::asyncio}, watchdog_, canceller_);
    const TrialResult result = trial.run(plan);
    count(result);
    return result;
  }

  // The places to try: all, or as many as are allowed, the first and the last among them.
  std::vector<std::size_t> chosen_positions() const {
    std::vector<std::size_t> chosen;
    const std::size_t all = positions_.size();
    const std::size_t most = std::min(all, options_.max_positions);
    Random random(options_.seed);
    for (std::size_t i = 0; i < most; ++i) {
      const std::size_t from = i * all / most;
      const std::size_t width = (i + 1) * all / most - from;
      const bool end = i == 0 || i + 1 == most;
      const std::size_t within = end ? (i == 0 ? 0 : width - 1) : random.below(static_cast<std::uint32_t>(width));
      chosen.push_back(from + within + 1);
    }
    return chosen;
  }

  void cancel_at_positions() {
    const std::vector<std::size_t> chosen = chosen_positions();
    for (const std::size_t first : chosen) {
      if (!go_on()) return;
      static_cast<void>(run_exactly({.first = first}));
    }
    // A run differs from the first one only after its cancel: none is cancelled after the last position.
    if (!chosen.empty() && chosen.size() == positions_.size()) {
      const TrialResult beyond = run_exactly({.first = positions_.size() + 1});
      if (beyond.accepted != 0 && go_on()) {
        report_.failures.push_back(
            options_.name +
            ", order asyncio: two runs without a cancel have a different number of positions; a "
            "scenario must do the same each time, so let it draw no random numbers and start no threads");
      }
    }
    for (const std::size_t first : chosen) {
      for (unsigned later = 1; later <= options_.second_cancels && go_on(); ++later) {
        const TrialResult result = run_exactly({.first = first, .second = first + later});
        if (result.accepted + result.refused < 2) break;  // it has ended before
      }
    }
  }

  CancelPlan random_plan(std::uint64_t seed, std::int64_t typical) const {
    Random random(seed);
    CancelPlan plan;
    plan.seed = seed;
    if (random.below(2) == 0) {
      plan.by = CancelPlan::By::thread;
      plan.delay = random.below(static_cast<std::uint32_t>(std::clamp<std::int64_t>(2 * typical, 1, 100'000'000)));
    } else {
      plan.by = CancelPlan::By::task;
      if (!positions_.empty()) plan.delay = positions_[random.below(static_cast<std::uint32_t>(positions_.size()))];
      plan.turns = random.below(8);
    }
    return plan;
  }

  void race(int workers) {
    const RunOptions run_options = {.workers = workers, .order = Order::depth_first, .seed = options_.seed};
    std::unique_ptr<Trial> trial;
    std::int64_t typical = 0;  // how long a run lasts
    for (unsigned i = 0; i <= options_.repeats && go_on(); ++i) {
      if (trial == nullptr) trial = std::make_unique<Trial>(scenario_, options_, run_options, watchdog_, canceller_);
      const CancelPlan plan = i == 0 ? CancelPlan{} : random_plan(options_.seed + i - 1, typical);
      const TrialResult result = trial->run(plan);
      count(result);
      typical = typical == 0 ? result.lasted : (7 * typical + result.lasted) / 8;
      if (!result.faults.empty()) trial.reset();
    }
  }

  Scenario& scenario_;
  const CancelOptions& options_;
  CancelReport report_;
  std::vector<std::int64_t> positions_;  // when an uncancelled run passes each, in order asyncio
  bool hung_ = false;
  Watchdog watchdog_;
  Canceller canceller_;
};

}  // namespace

CancelReport cancel_scenario_everywhere(Scenario& scenario, const CancelOptions& options) {
  check_options(options);
  if (this_worker() != nullptr) {
    throw RuntimeError("cancel_everywhere: this thread runs an event loop; call it where none runs");
  }
  return Exploration(scenario, options).explore();
}

}  // namespace weft::testing
