#include "weft/runtime/flow/timeout.h"

#include <atomic>
#include <new>
#include <string>
#include <utility>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft {

// The timer of one deadline. Not in the frame of the block: in order asyncio its entry may be on the ready queue when the block has ended.
//
//   WAITING --run()--> FIRING --> FIRED      the task is cancelled in FIRING; whoever ends the block waits for that
//      +----disarm()--> OVER
class Timeout::Alarm final : public Timer {
 public:
  // `past`: the deadline has passed already.
  static Alarm* set(TaskCell& task, Interruption& interruption, std::int64_t when, bool past) {
    void* memory = FramePool::allocate<BlockKind::frame>(sizeof(Alarm));
    Runtime& runtime = *task.runtime();
    auto* alarm = new (memory) Alarm(task, interruption, past);
    if (past) {
      runtime.schedule(alarm);
    } else {
      runtime.add_timer(*alarm, when);
    }
    return alarm;
  }

  void run() noexcept override {
    Stage waiting = Stage::waiting;
    // acquire: what the owner wrote before it set the alarm.
    if (stage_.compare_exchange_strong(waiting, Stage::firing, std::memory_order_acq_rel, std::memory_order_relaxed)) {
      task_.interrupt(interruption_);
      stage_.store(Stage::fired, std::memory_order_release);
    }
    release();
  }
  void drop() noexcept override { release(); }

  // True: it has not fired and will not. False: it has, and the task's cancellation is complete. The owner's reference goes.
  bool disarm() noexcept {
    Stage waiting = Stage::waiting;
    const bool disarmed =
        stage_.compare_exchange_strong(waiting, Stage::over, std::memory_order_acq_rel, std::memory_order_acquire);
    if (disarmed) {
      if (!scheduled_ && TimerQueue::remove(*this)) release();
    } else {
      SpinWait spin;
      while (stage_.load(std::memory_order_acquire) == Stage::firing) spin.once();
    }
    release();
    return disarmed;
  }
  bool fired() const noexcept { return stage_.load(std::memory_order_acquire) != Stage::waiting; }

 private:
  enum class Stage : std::uint8_t { waiting, firing, fired, over };
  Alarm(TaskCell& task, Interruption& interruption, bool scheduled) noexcept
      : task_(task), interruption_(interruption), scheduled_(scheduled) {}
  ~Alarm() = default;
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    this->~Alarm();
    FramePool::deallocate<BlockKind::frame>(this, sizeof(Alarm));
  }

  // Both live as long as the owner, who waits while the alarm fires.
  TaskCell& task_;
  Interruption& interruption_;
  const bool scheduled_;
  // stage_: one of run() and disarm() moves it away from waiting, by CAS. acq_rel: the loser sees what the winner did.
  std::atomic<Stage> stage_{Stage::waiting};
  // references_: of the owner and of the queue. acq_rel, so that the last one sees the other's use.
  std::atomic<std::uint8_t> references_{2};
};

namespace {

// The requests that are none of the block's business. CPython counts all of them. There a task is hardly ever entering a block with a request
// undelivered; here another thread may have cancelled it just before, and what leaves the block is then that cancel.
unsigned requests_before(const TaskCell& task) noexcept {
  return task.runtime()->asyncio_order() ? task.cancelling() : task.cancels_delivered();
}

}  // namespace

Timeout::Timeout(std::optional<TimePoint> when)
    : task_(current_cell("Timeout")), when_(when), cancelling_(requests_before(task_)) {
  set_alarm();
  task_.begin_block(interruption_);
}

Timeout::Timeout(Delay delay) : task_(current_cell("Timeout")), cancelling_(requests_before(task_)) {
  if (delay.has_value()) {
    const std::int64_t when = deadline_after(task_.runtime()->now(), delay.nanoseconds());
    when_ = TimePoint(std::chrono::nanoseconds(when));
    alarm_ = Alarm::set(task_, interruption_, when, delay.nanoseconds() <= 0);
  }
  task_.begin_block(interruption_);
}

void Timeout::set_alarm() {
  if (!when_) return;
  const std::int64_t when = when_->time_since_epoch().count();
  alarm_ = Alarm::set(task_, interruption_, when, when <= task_.runtime()->now());
}

void Timeout::reschedule(std::optional<TimePoint> when) {
  if (!task_.runtime()->asyncio_order() && current_cell_or_null() != &task_) {
    throw RuntimeError("Timeout::reschedule: only the task that runs the block may move its deadline, " +
                       task_.describe_self());
  }
  if (alarm_ != nullptr && !std::exchange(alarm_, nullptr)->disarm()) state_ = State::expiring;
  if (state_ != State::active) {
    throw RuntimeError(std::string("Cannot change state of ") +
                       (state_ == State::expiring  ? "expiring Timeout; its deadline passed before reschedule()"
                        : state_ == State::expired ? "expired Timeout; its block has ended"
                                                   : "finished Timeout; its block has ended"));
  }
  when_ = when;
  set_alarm();
}

bool Timeout::expired() const noexcept {
  return state_ == State::expiring || state_ == State::expired || (alarm_ != nullptr && alarm_->fired());
}

void Timeout::exit() noexcept {
  if (std::exchange(ended_, true)) return;
  if (alarm_ != nullptr && !std::exchange(alarm_, nullptr)->disarm()) state_ = State::expiring;
  if (state_ == State::expiring) {
    state_ = State::expired;
    converts_ = task_.uncancel() <= cancelling_;
  } else if (state_ == State::active) {
    state_ = State::finished;
  }
  task_.end_block(interruption_);
}

void rethrow_cancelled_by(const Timeout& timeout) {
  if (!timeout.converts()) throw;
  throw TimeoutError();
}

}  // namespace weft
