#include "weft/testing/trial.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <string_view>
#include <utility>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/base/spin_wait.h"
#include "weft/runtime/flow/sleep.h"
#include "weft/runtime/task/call_frame.h"
#include "weft/testing/canceller.h"

namespace weft::testing {

struct TrialRun {
  explicit TrialRun(const CancelPlan& given) : plan(given) {}
  const CancelPlan plan;
  Probe probe;
  AnyTask task;
  TrialResult result;  // but its faults, which the probe collects
  std::atomic<unsigned> times_told{0};
  std::int64_t began = 0;  // on the loop's clock
  std::size_t position = 0;
  bool was_idle = false;
  struct Cancel {
    bool accepted;
    unsigned swallowed_before;
  };
  std::mutex mutex;  // what follows
  std::vector<Cancel> cancels;
  std::string where;
};

namespace {

constexpr std::string_view kOwnTask = "cancel_everywhere";
constexpr std::int64_t kEndOfTask = 10'000'000'000;
constexpr std::size_t kNamed = 4;  // pending tasks that a sentence names
constexpr int kDrainPasses = 60;   // turns of the loop in which what has ended may let go of the last things
constexpr int kTurnsPerPass = 4;

std::string seconds_text(std::int64_t nanoseconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g s", static_cast<double>(nanoseconds) / 1e9);
  return text;
}

std::string counted(std::ptrdiff_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

// Where a task is suspended: the innermost co_await that is not the library's.
std::string place_in(const AnyTask& task) {
  if (!task.cell().started()) return "before its first step";
  const std::vector<CallFrame> stack = task.get_stack();
  if (stack.empty()) return "on its way to its next step";
  auto frame = std::find_if(stack.begin(), stack.end(), [](const CallFrame& each) {
    return std::string_view(each.file()).find("weft/runtime/") == std::string_view::npos;
  });
  if (frame == stack.end()) frame = stack.begin();
  std::string_view file = frame->file();
  file.remove_prefix(file.rfind('/') + 1);
  return "at " + std::string(file) + ":" + std::to_string(frame->line());
}

std::string names_of_pending(const std::vector<AnyTask>& pending) {
  std::string names;
  for (std::size_t i = 0; i < std::min(pending.size(), kNamed); ++i)
    names += (i == 0 ? "'" : ", '") + pending[i].get_name() + "' " + place_in(pending[i]);
  return pending.size() > kNamed ? names + " and others" : names;
}

std::vector<AnyTask> pending_tasks(Runtime& runtime) {
  std::vector<AnyTask> tasks;
  for (TaskCell* cell : pending_cells(runtime)) tasks.emplace_back(cell);
  std::erase_if(tasks, [](const AnyTask& task) { return task.get_name() == kOwnTask; });
  return tasks;
}

// A cancel that races with the end of a coroutine may be refused some instructions before the task counts as done on its worker.
bool is_done_by_now(const TrialRun& run) {
  if (run.plan.by == CancelPlan::By::nobody) return run.task.done();
  const std::int64_t give_up = MonotonicClock::instance().now() + kEndOfTask;
  SpinWait spin;
  while (!run.task.done() && MonotonicClock::instance().now() < give_up) spin.once();
  return run.task.done();
}

// On the loop's own thread between two entries, or on any that the plan names.
void cancel_task(TrialRun& run) {
  const unsigned swallowed = run.probe.swallowed();
  const bool was_done = run.task.done();
  const bool accepted = run.task.cancel("by cancel_everywhere");
  if (accepted && was_done) run.probe.add_fault("cancel() returned true though the task was done");
  if (!accepted && !is_done_by_now(run)) run.probe.add_fault("cancel() returned false though the task is pending");
  const std::lock_guard lock(run.mutex);
  run.cancels.push_back({accepted, swallowed});
}

Coro<void> cancel_after(std::shared_ptr<TrialRun> run) {
  co_await sleep(std::chrono::nanoseconds(run->plan.delay));
  for (unsigned turn = 0; turn < run->plan.turns; ++turn) co_await sleep(std::chrono::nanoseconds(0));
  cancel_task(*run);
}

Coro<void> drive(Scenario& scenario, std::shared_ptr<TrialRun> run, Canceller& canceller) {
  EventLoop& loop = get_running_loop();
  const Future<void> over = loop.create_future();
  const std::int64_t began = MonotonicClock::instance().now();
  run->began = loop.time().time_since_epoch().count();
  run->task = scenario.start(run->probe);
  run->task.add_done_callback([run, over](const AnyFuture&) {
    run->times_told.fetch_add(1, std::memory_order_relaxed);
    over.try_set_result();
  });
  if (run->plan.by == CancelPlan::By::thread) canceller.start();
  if (run->plan.by == CancelPlan::By::task) create_task(cancel_after(run));
  co_await over;
  run->result.lasted = MonotonicClock::instance().now() - began;
}

Coro<void> pause(std::int64_t delay) {
  for (int turn = 0; turn < kTurnsPerPass; ++turn) co_await sleep(std::chrono::nanoseconds(0));
  if (delay > 0) co_await sleep(std::chrono::nanoseconds(delay));
}

// False: the watchdog had to stop it.
bool run_on(EventLoop& loop, const Watchdog& watchdog, Coro<void> coro) {
  try {
    loop.run_until_complete(loop.create_task(std::move(coro), {.name = kOwnTask}));
  } catch (const RuntimeError&) {
    if (!watchdog.has_stopped()) throw;
  }
  return !watchdog.has_stopped();
}

std::string describe_plan(const CancelOptions& options, EventLoop& loop, TrialRun& run) {
  const CancelPlan& plan = run.plan;
  const std::string order = loop.order() == Order::asyncio ? "order asyncio" : counted(loop.workers(), "worker");
  switch (plan.by) {
    case CancelPlan::By::thread:
    case CancelPlan::By::task:
      return options.name + ", " + order + ", cancelled by another " +
             (plan.by == CancelPlan::By::thread ? "thread" : "task") + ", seed " + std::to_string(plan.seed) + ": ";
    case CancelPlan::By::nobody:
      break;
  }
  if (plan.first == 0) return options.name + ", " + order + ", not cancelled: ";
  const std::lock_guard lock(run.mutex);
  return options.name + ", " + order + ", cancelled at position " + std::to_string(plan.first) +
         (plan.second != 0 ? " and again at " + std::to_string(plan.second) : "") + run.where + ": ";
}

void judge_ending(TrialRun& run) {
  const AnyTask& task = run.task;
  TrialResult& result = run.result;
  const std::lock_guard lock(run.mutex);
  const TrialRun::Cancel* last = nullptr;
  for (const TrialRun::Cancel& cancel : run.cancels) {
    ++(cancel.accepted ? result.accepted : result.refused);
    if (cancel.accepted) last = &cancel;
  }
  if (const unsigned told = run.times_told.load(std::memory_order_relaxed); told != 1) {
    run.probe.add_fault("a done callback of its task was called " + counted(told, "time") + " instead of once");
  }
  if (task.cancelled()) {
    result.ending = TrialResult::Ending::cancelled;
    if (last == nullptr) run.probe.add_fault("it ended as cancelled, but no cancel() of it has returned true");
    return;
  }
  if (const std::exception_ptr error = task.exception(); error != nullptr) {
    result.ending = TrialResult::Ending::failed;
    if (!run.probe.allows_failure()) {
      run.probe.add_fault("it ended with " + weft::describe(error) +
                          "; if that is right, the scenario says so by Probe::may_fail()");
    }
    return;
  }
  result.ending = TrialResult::Ending::completed;
  if (last == nullptr) return;
  result.swallowed = run.probe.swallowed() > last->swallowed_before;
  if (!result.swallowed) {
    run.probe.add_fault(
        "cancel() returned true, but it ended with a result; if it caught the CancelledError on purpose, it says so by "
        "Probe::swallows_cancel()");
  }
}

}  // namespace

Trial::Trial(Scenario& scenario, const CancelOptions& options, RunOptions run_options, Watchdog& watchdog,
             Canceller& canceller)
    : scenario_(scenario), options_(options), watchdog_(watchdog), canceller_(canceller), loop_([&] {
        run_options.clock = &clock_;
        return std::move(run_options);
      }()) {
  loop_.set_exception_handler([this](const ExceptionContext& context) {
    const std::lock_guard lock(mutex_);
    reports_.push_back(context);
  });
  if (loop_.order() == Order::asyncio)
    loop_.runtime().set_between_entries([this](bool idle) { look_between_entries(idle); });
}

Trial::~Trial() { loop_.close(); }

void Trial::look_between_entries(bool idle) {
  TrialRun& run = *run_;
  // The same idle moment, looked at again: a timer that is far away wakes its worker some times before.
  const bool again = idle && std::exchange(run.was_idle, idle);
  run.was_idle = idle;
  if (again || !run.task || run.task.done()) return;
  ++run.position;
  if (run.plan.first == 0) run.result.positions.push_back(clock_.now() - run.began);
  if (run.position != run.plan.first && run.position != run.plan.second) return;
  {
    const std::lock_guard lock(run.mutex);
    run.where += (run.where.empty() ? " (" : ", then ") + place_in(run.task) + " after " +
                 seconds_text(clock_.now() - run.began);
  }
  cancel_task(run);
}

TrialResult Trial::run(const CancelPlan& plan) {
  const FramePool::Live before = FramePool::live();
  run_ = std::make_shared<TrialRun>(plan);
  TrialRun& run = *run_;
  watchdog_.watch(loop_, describe_plan(options_, loop_, run));
  if (plan.by == CancelPlan::By::thread) canceller_.prepare(plan.delay, [run = run_] { cancel_task(*run); });
  bool settled = false;
  try {
    settled = run_on(loop_, watchdog_, drive(scenario_, run_, canceller_));
    if (plan.by == CancelPlan::By::thread) canceller_.finish();
    settled = settled && settle(run);
  } catch (const std::exception& error) {
    if (plan.by == CancelPlan::By::thread) canceller_.finish();
    run.probe.add_fault(std::string("the callable that makes the scenario threw: ") + error.what());
  }
  watchdog_.leave();
  if (!run.where.empty()) run.where += ")";
  if (watchdog_.has_stopped()) {
    run.result.ending = TrialResult::Ending::hung;
    const std::vector<AnyTask> pending = pending_tasks(loop_.runtime());
    run.probe.add_fault("it has not ended after " + seconds_text(options_.limit.count()) + "; " +
                        counted(static_cast<std::ptrdiff_t>(pending.size()), "task") +
                        " pending: " + names_of_pending(pending));
  } else if (run.task) {
    judge_ending(run);
    if (settled) check_rest(run, before);
  }
  check_reports(run);
  TrialResult result = std::move(run.result);
  for (const std::string& fault : run.probe.faults())
    result.faults.push_back(describe_plan(options_, loop_, run) + fault);
  return result;
}

// What the scenario has left goes on until it ends. False: it does not.
bool Trial::settle(TrialRun& run) {
  const std::int64_t begin = clock_.now();
  std::int64_t step = 0;
  for (;;) {
    if (!run_on(loop_, watchdog_, pause(step))) return false;
    const std::vector<AnyTask> pending = pending_tasks(loop_.runtime());
    if (pending.empty()) return true;
    if (clock_.now() - begin > options_.settle.count()) {
      run.probe.add_fault(counted(static_cast<std::ptrdiff_t>(pending.size()), "task") + " of it still pending " +
                          seconds_text(clock_.now() - begin) + " after its end: " + names_of_pending(pending) +
                          "; let the scenario await or cancel what it starts");
      return false;
    }
    step = step == 0 ? 1000 : 2 * step;
  }
}

void Trial::check_rest(TrialRun& run, FramePool::Live before) {
  Runtime& runtime = loop_.runtime();
  for (int pass = 0; pass < kDrainPasses && runtime.timers_waiting() != 0; ++pass) run_on(loop_, watchdog_, pause(0));
  if (const std::size_t timers = runtime.timers_waiting(); timers != 0) {
    run.probe.add_fault(counted(static_cast<std::ptrdiff_t>(timers), "timer") +
                        " left though no task is pending; cancel the TimerHandle of each call_later() and call_at()");
  }
  run.probe.run_checks();
  run.probe.let_go();
  run.task = {};
  for (int pass = 0; pass < kDrainPasses && FramePool::live() != before; ++pass) run_on(loop_, watchdog_, pause(0));
  const FramePool::Live after = FramePool::live();
  const auto frames = static_cast<std::ptrdiff_t>(after.frames - before.frames);
  const auto cells = static_cast<std::ptrdiff_t>(after.cells - before.cells);
  if (frames != 0 || cells != 0) {
    run.probe.add_fault(
        counted(frames, "coroutine frame") + " and " + counted(cells, "task") +
        " more than before the run are alive: something holds a coroutine or a handle of a task; what the "
        "scenario shares is to be kept by Probe::keep()");
  }
}

void Trial::check_reports(TrialRun& run) {
  std::vector<ExceptionContext> reports;
  {
    const std::lock_guard lock(mutex_);
    reports.swap(reports_);
  }
  for (const ExceptionContext& report : reports) {
    std::string text = report.message;
    if (report.exception != nullptr) text += " (" + weft::describe(report.exception) + ")";
    if (!report.task_name.empty()) text += ", task '" + report.task_name + "'";
    if (run.probe.allows_report(text)) continue;
    run.probe.add_fault("the exception handler was told \"" + text +
                        "\"; if that is right, the scenario says so by Probe::may_report()");
  }
}

}  // namespace weft::testing
