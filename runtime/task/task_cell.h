#pragma once
// task_cell: what a task is besides its coroutine: identity, state, cancellation, who waits for it.
//
//   life      a cell is created for each create_task; for a child of a join only when somebody can see it (it suspends, asks
//             current_task(), is enumerated). The frame dies when the coroutine has ended, the cell with its last handle.
//   threads   cancel, names and the FutureCore part from any thread; the rest belongs to the worker that runs the task's step.

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/task/context_slot.h"
#include "weft/runtime/task/future_core.h"
#include "weft/runtime/task/identity.h"
#include "weft/runtime/task/interruption.h"
#include "weft/runtime/task/park_word.h"
#include "weft/runtime/task/promise.h"

namespace weft {

class TaskCell : public FutureCore {
 public:
  CancelReply try_cancel(CancelRequest& request) override;
  // For the blocks that the task runs. In order asyncio a plain cancel.
  void interrupt(Interruption& interruption);
  bool is_task() const noexcept override { return true; }
  std::string describe_self() const override;
  unsigned cancelling() const noexcept { return park_word().requests(); }
  unsigned uncancel() noexcept { return park_word().uncancel(); }
  // On the task, around each block that may interrupt it.
  void begin_block(Interruption& interruption) noexcept {
    interruption.around_ = blocks_;
    blocks_ = &interruption;
  }
  void end_block(Interruption& interruption) noexcept;
  // As cancelling(), without a request that waits to be delivered.
  unsigned cancels_delivered() const noexcept { return park_word().delivered_requests(); }
  std::string cancel_message() const override;
  std::string name() const;
  void set_name(std::string_view name);
  // Where the task was created, in debug mode: "server.cc:12", or empty.
  std::string created_at() const;
  std::source_location place_of_creation() const noexcept;
  void set_created_at(const std::source_location& place) { extras().created_at = place; }
  // Where the task's context lives; any thread.
  ContextSlot& context() { return extras().context; }
  // Null: the empty context, which nobody has changed or named.
  const ContextSlot* context_or_null() const noexcept {
    const Extras* extras = extras_.load(std::memory_order_acquire);
    return extras == nullptr ? nullptr : &extras->context;
  }
  // The worker resumes the innermost coroutine of the task.
  void run() noexcept override;
  // A new task: runs its first step here and now. False: that cannot be, schedule it. The caller holds a reference.
  [[nodiscard]] bool start_at_once() noexcept;

  // --- for awaiters: on the worker that runs the task's step -----------------------------------------------------
  // The task suspends in `innermost` and will be woken through `waiter`. True: a cancel request is pending; after the waiter was
  // linked, nothing of the frame may be touched: so deal with the request first.
  [[nodiscard]] bool park(PromiseBase& innermost, Waiter& waiter) noexcept {
    innermost_ = &innermost;
    waiter_ = &waiter;
    return park_word().park() && settle_reminder();
  }
  // As park(), but cancellers and wakers wait until release_hold(): for a waiter that must be linked before it can be cancelled.
  // Between the two the frame stays; after release_hold() nothing of it may be touched.
  [[nodiscard]] bool park_held(PromiseBase& innermost, Waiter& waiter) noexcept {
    innermost_ = &innermost;
    waiter_ = &waiter;
    return park_word().park_held() && settle_reminder();
  }
  // Before the hold is released: the next step, unless it throws, begins with waiter.wait_again().
  void ask_again(bool asks = true) noexcept { asks_again_ = asks; }
  void release_hold() noexcept { park_word().release(Afterwards::nothing); }
  void unpark_held() noexcept { park_word().unpark_held(); }
  // The wait ended before it began.
  void unpark() noexcept { park_word().unpark(); }
  // The task gives way: it is put on the run queue at once.
  void requeue(PromiseBase& innermost) noexcept {
    innermost_ = &innermost;
    this_worker()->schedule(this);
  }
  // After park_held() was true: the wait does not begin, and the next step throws the request that is pending now.
  void requeue_to_throw(PromiseBase& innermost) noexcept {
    park_word().unpark_held();
    park_word().deliver();
    requeue(innermost);
  }
  // True once per request. For whoever delivers it.
  [[nodiscard]] bool take_request() noexcept {
    const bool requested = park_word().take_request();
    return (park_word().take_reminder() && tell_interruptions()) || requested;
  }
  // Whoever ended the wait puts the task on the run queue.
  void wake() noexcept {
    Runtime& runtime = *this->runtime();
    park_word().wake();
    runtime.schedule(this);
  }
  // As wake(), for a caller that goes on in the task itself, as a new step.
  void wake_in_place() noexcept {
    park_word().wake();
    begin_step();
  }
  // In await_resume: was this step started to throw a CancelledError?
  [[nodiscard]] bool take_throw() noexcept {
    if (!throw_cancelled_) [[likely]]
      return false;
    throw_cancelled_ = false;
    return true;
  }
  [[noreturn]] void throw_cancelled() { throw CancelledError(cancel_message()); }

  // --- for whoever looks at the task ------------------------------------------------------------------------------
  // True: it waits, and stays where it is until release_hold(). For a few instructions: its waker waits for that.
  [[nodiscard]] bool try_hold() noexcept { return park_word().try_hold(); }
  PromiseBase* innermost_while_held() const noexcept { return innermost_; }
  const Waiter& waiter_while_held() const noexcept { return *waiter_; }
  // The parent of the join whose child this is; null for a task.
  virtual TaskCell* joining_parent() noexcept { return nullptr; }
  // That of a join's child before it had a cell; none for a task.
  virtual Identity former_identity() const noexcept { return Identity(); }

  // --- for the task layer ------------------------------------------------------------------------------------------
  // The root coroutine has ended: takes its outcome, frees the frame, tells who waits.
  virtual void ended(PromiseBase& root) noexcept = 0;
  void remember_cancel() noexcept { static_cast<void>(park_word().hold(false)); }
  // A task that has not begun waits as a child of a join does: the newest one runs first, thieves take the oldest. On a worker.
  void schedule_as_child() { this_worker()->push_fork(reinterpret_cast<ForkItem*>(innermost_)); }
  // A cancel that comes in the task's last step takes nothing from it: it ends with its result.
  void keep_result() noexcept { keeps_result_.store(true, std::memory_order_relaxed); }
  // The coroutine runs already, though not through run().
  void mark_started() noexcept { started_ = true; }
  bool started() const noexcept { return started_; }
  // The runtime goes down: destroys the coroutines of a pending task.
  virtual void abandon() noexcept = 0;

 protected:
  // Before live(): the task is to run in the given context, or, for null, in a copy of the current one.
  void begin_context(const Context* given) {
    if (given != nullptr || ContextSlot::in_use()) [[unlikely]]
      take_context(given);
  }
  // The same with a copy of another task's.
  void begin_context_as(const TaskCell& creator) {
    if (ContextSlot::in_use()) [[unlikely]]
      copy_context_of(creator);
  }
  // As in asyncio, the exception handler runs in the task's context.
  void report_lost_error() noexcept;
  void report_pending() noexcept;
  TaskCell(Runtime* runtime, std::string_view name, PromiseBase* root) : FutureCore(runtime), innermost_(root) {
    const std::uint64_t number = name.empty() ? runtime->next_task_number() : runtime->last_task_number();
    number_low_ = static_cast<std::uint32_t>(number);
    number_high_ = static_cast<std::uint16_t>(number >> 32);
    if (!name.empty()) [[unlikely]]
      begin_named(name);
  }
  ~TaskCell() {
    if (Extras* extras = extras_.load(std::memory_order_acquire); extras != nullptr) [[unlikely]]
      delete extras;
  }
  PromiseBase* innermost() const noexcept { return innermost_; }
  // The coroutine has ended; true when a cancel request was not delivered, so that the task counts as cancelled.
  [[nodiscard]] bool end_steps(Ending ending) noexcept { return park_word().end(ending); }
  // end_steps() and publish_and_release(kResult) in one operation. False, and nothing is done: the two are to be called.
  [[nodiscard]] bool try_end_with_result() noexcept {
    return try_publish_result(Parking::kEnded, Parking::kMustCancel);
  }
  // For abandon(): what the task waits for gives up other tasks first.
  void abandon_waiter() noexcept {
    if (park_word().parked()) waiter_->abandon_wait();
  }
  bool keeps_result() const noexcept { return keeps_result_.load(std::memory_order_relaxed); }
  void set_cancel_message(std::string_view message);
  // The first step finds a pending cancel: the coroutine never runs.
  virtual void cancelled_before_start() noexcept = 0;

 private:
  void run_step() noexcept;
  void run_watched_step() noexcept;
  void begin_step() noexcept {
    if (park_word().asked()) [[unlikely]]
      throw_cancelled_ = take_request();
  }
  // What the task was reminded of becomes a request like any other. True: there is one.
  bool settle_reminder() noexcept;
  // True: there was one at least.
  bool tell_interruptions() noexcept;
  // In the default name; of a named task the last one before it.
  std::uint64_t number() const noexcept { return std::uint64_t{number_high_} << 32 | number_low_; }
  void begin_named(std::string_view name);
  bool created_before(const TaskCell& other) const noexcept;

  using Parking = ParkWord<StdAtomics, std::atomic_ref<std::uint64_t>>;
  Parking park_word() const noexcept { return Parking(word()); }

  void take_context(const Context* given);
  void copy_context_of(const TaskCell& creator);

  struct Extras {
    ContextSlot context;
    std::mutex mutex;  // both strings
    std::string name;
    std::string cancel_message;
    std::source_location created_at;  // before the task starts
    std::uint64_t after_number = 0;   // of a task that was named at its creation: how many such were before it
  };
  Extras& extras();
  friend std::vector<TaskCell*> pending_cells(Runtime& runtime);

  bool started_ : 1 = false;
  bool throw_cancelled_ : 1 = false;
  bool asks_again_ : 1 = false;
  // keeps_result_: written by whoever is about to cancel the task, read when it ends. relaxed: who ends it has read the request that came later.
  std::atomic<bool> keeps_result_{false};
  std::uint16_t number_high_;
  std::uint32_t number_low_;
  PromiseBase* innermost_;
  Waiter* waiter_ = nullptr;
  Interruption* blocks_ = nullptr;  // the innermost of those that may interrupt the task
  // extras_: made by whoever needs it first, by CAS (acq_rel: who sees it sees it constructed); freed with the cell.
  std::atomic<Extras*> extras_{nullptr};
};

// The cell of the task that this worker runs; a child of a join gets one now. Null outside a task.
TaskCell* current_cell_or_null() noexcept;
// The same; RuntimeError naming `caller` outside a task.
TaskCell& current_cell_slowly(const char* caller);
inline TaskCell& current_cell(const char* caller) {
  if (const Worker* worker = this_worker(); worker != nullptr) [[likely]] {
    const Identity running(worker->current());
    if (!running.none() && running.is_cell()) [[likely]]
      return *running.cell();
  }
  return current_cell_slowly(caller);
}
// Every pending task of the runtime, each retained for the caller. Children of joins that this worker could run are included.
std::vector<TaskCell*> pending_cells(Runtime& runtime);
// Runs a child of a join that a worker popped or stole.
void run_fork_item(ForkItem* item, Worker& worker) noexcept;

}  // namespace weft
