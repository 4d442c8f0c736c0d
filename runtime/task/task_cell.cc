#include "weft/runtime/task/task_cell.h"

#include <algorithm>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/task/call_frame.h"
#include "weft/runtime/task/child_cell.h"
#include "weft/runtime/task/context_scope.h"
#include "weft/runtime/task/join.h"
#include "weft/runtime/task/step_watch.h"

namespace weft {
namespace {

constexpr std::uintptr_t kEnded = 1;  // in a sequel: the promise of a root whose task is to be ended

// Tasks that start at once inside each other nest on the stack up to this depth.
constexpr unsigned kNested = 100;
thread_local unsigned t_nested = 0;

}  // namespace

void resume_on(Worker& worker, std::coroutine_handle<> frame) noexcept {
  frame.resume();
  while (const std::uintptr_t sequel = worker.take_sequel()) {
    if ((sequel & kEnded) == 0) {
      std::coroutine_handle<>::from_address(reinterpret_cast<void*>(sequel)).resume();
    } else {
      PromiseBase& root = *reinterpret_cast<PromiseBase*>(sequel - kEnded);
      root.completion().cell()->ended(root);
    }
  }
  worker.set_current(0);
}

// A child of a join that failed or has a cell.
[[gnu::noinline]] static std::coroutine_handle<> finish_seen_child(PromiseBase& promise, Worker& worker) noexcept {
  const Completion completion = promise.completion();
  Join* join = nullptr;
  if (completion.kind() == Completion::Kind::join) {
    join = completion.join();
  } else {
    auto* cell = static_cast<ChildCell*>(completion.cell());
    join = cell->join();
    join->detach(promise);
    cell->ended(promise);
  }
  if (promise.holds() == PromiseBase::Holds::error) join->child_failed(promise);
  return join->child_ended(promise, worker);
}

std::coroutine_handle<> finish_child(PromiseBase& promise) noexcept {
  Worker& worker = *this_worker();
  if (promise.holds() == PromiseBase::Holds::error) [[unlikely]]
    return finish_seen_child(promise, worker);
  return promise.completion().join()->child_ended(promise, worker);
}

std::coroutine_handle<> finish_root(PromiseBase& promise) noexcept {
  Worker& worker = *this_worker();
  if (promise.completion().kind() == Completion::Kind::task) {
    // The frame must not die inside its own final suspension: the resume loop ends it.
    worker.set_sequel(reinterpret_cast<std::uintptr_t>(&promise) | kEnded);
    return std::noop_coroutine();
  }
  return finish_seen_child(promise, worker);
}

TaskCell::Extras& TaskCell::extras() {
  Extras* seen = extras_.load(std::memory_order_acquire);
  if (seen != nullptr) return *seen;
  auto* made = new Extras;
  if (extras_.compare_exchange_strong(seen, made, std::memory_order_acq_rel, std::memory_order_acquire)) return *made;
  delete made;
  return *seen;
}

void TaskCell::report_lost_error() noexcept {
  const ContextScope scope(context());
  report_unretrieved("Task", name(), place_of_creation());
}

void TaskCell::report_pending() noexcept {
  const ContextScope scope(context());
  Runtime::report_to(runtime(), {"Task was destroyed but it is pending!", nullptr, name(), created_at()});
}

void TaskCell::take_context(const Context* given) {
  if (given != nullptr) {
    context().begin(given);
  } else if (Ref<const ContextMap> map = current_context_map(); map) {
    context().begin(std::move(map));
  }
}

void TaskCell::copy_context_of(const TaskCell& creator) {
  const ContextSlot* slot = creator.context_or_null();
  if (slot == nullptr) return;
  if (Ref<const ContextMap> map = slot->map(); map) context().begin(std::move(map));
}

std::string TaskCell::name() const {
  if (Extras* extras = extras_.load(std::memory_order_acquire); extras != nullptr) {
    const std::lock_guard lock(extras->mutex);
    if (!extras->name.empty()) return extras->name;
  }
  return "Task-" + std::to_string(number());
}

std::source_location TaskCell::place_of_creation() const noexcept {
  const Extras* extras = extras_.load(std::memory_order_acquire);
  return extras == nullptr ? std::source_location() : extras->created_at;
}

std::string TaskCell::created_at() const { return place_of(place_of_creation()); }

void TaskCell::begin_named(std::string_view name) {
  set_name(name);
  extras().after_number = runtime()->next_named_task();
}

bool TaskCell::created_before(const TaskCell& other) const noexcept {
  if (number() != other.number()) return number() < other.number();
  const Extras* mine = extras_.load(std::memory_order_acquire);
  const Extras* others = other.extras_.load(std::memory_order_acquire);
  return (mine == nullptr ? 0 : mine->after_number) < (others == nullptr ? 0 : others->after_number);
}

void TaskCell::set_name(std::string_view name) {
  Extras& mine = extras();
  const std::lock_guard lock(mine.mutex);
  mine.name = name;
}

std::string TaskCell::cancel_message() const {
  Extras* extras = extras_.load(std::memory_order_acquire);
  if (extras == nullptr) return {};
  const std::lock_guard lock(extras->mutex);
  return extras->cancel_message;
}

void TaskCell::set_cancel_message(std::string_view message) {
  if (message.empty() && extras_.load(std::memory_order_acquire) == nullptr) return;
  Extras& mine = extras();
  const std::lock_guard lock(mine.mutex);
  mine.cancel_message = message;
}

std::string TaskCell::describe_self() const {
  const std::string place = created_at();
  return "<Task '" + name() + "' " +
         (cancelled() ? "cancelled"
          : done()    ? "done"
                      : "pending") +
         (place.empty() ? "" : " created at " + place) + ">";
}

void TaskCell::run() noexcept {
  if (runtime()->debug()) [[unlikely]] {
    run_watched_step();
  } else {
    run_step();
  }
}

void TaskCell::run_watched_step() noexcept {
  retain();
  StepWatch watch(*runtime());
  run_step();
  if (watch.was_slow()) watch.report(describe_self(), name());
  release();
}

void TaskCell::run_step() noexcept {
  Worker& worker = *this_worker();
  worker.set_current(Identity(this).bits());
  begin_step();
  if (asks_again_) [[unlikely]] {
    asks_again_ = false;
    if (!throw_cancelled_ && waiter_->wait_again(*innermost_)) {
      worker.set_current(0);
      return;
    }
  }
  if (!started_) {
    if (throw_cancelled_) [[unlikely]] {
      worker.set_current(0);
      cancelled_before_start();
      return;
    }
    started_ = true;
  }
  resume_on(worker, innermost_->frame());
}

bool TaskCell::start_at_once() noexcept {
  if (runtime()->own_worker() == nullptr || t_nested == kNested) return false;
  // Whoever runs here becomes a task that can be seen: it is suspended in a way, and others may look at it, but not at its frames.
  if (TaskCell* creator = current_cell_or_null(); creator != nullptr) creator->innermost_ = nullptr;
  Worker& worker = *this_worker();
  const std::uintptr_t creator = worker.current();
  const ContextScope of_the_task;
  ++t_nested;
  run();
  --t_nested;
  worker.set_current(creator);
  return true;
}

CancelReply TaskCell::try_cancel(CancelRequest& request) {
  Interruption* const interruption = request.interruption();
  if (!request.again()) {
    if (done()) return CancelReply::refused;
    if (!park_word().throws_next()) set_cancel_message(request.message());
    if (interruption != nullptr) park_word().count_request();
  }
  if (interruption != nullptr) interruption->owe();
  const bool count = interruption == nullptr && !request.again();
  const Hold hold = park_word().hold(count, interruption == nullptr ? Asked::cancel : Asked::interruption);
  if (hold == Hold::not_parked) return CancelReply::delivered;
  // A request that was counted before the targets refused it may be why the task has ended as cancelled: a group of its may have looked.
  if (hold == Hold::ended)
    return request.again() && park_word().ended_as_cancelled() ? CancelReply::delivered : CancelReply::refused;
  if (interruption != nullptr && !interruption->tell()) {  // the task was faster, reminded of another one
    park_word().release(Afterwards::nothing);
    return CancelReply::delivered;
  }
  const bool circle_cut = request.closes_circle() && waiter_->cut_circle();
  const Waiter::Reply reply = circle_cut ? Waiter::Reply::cut_short : waiter_->cancel_wait(request.targets());
  if (reply == Waiter::Reply::cut_short) {
    Runtime& scheduling = *runtime();
    park_word().release_to_throw();
    scheduling.schedule(this);
    return CancelReply::delivered;
  }
  // What the task waits for is over already: it will be told at its next step.
  if (reply == Waiter::Reply::too_late || request.same_as_before()) {
    if (interruption != nullptr) interruption->owe();
    park_word().release(interruption == nullptr ? Afterwards::remember : Afterwards::remind);
    return CancelReply::delivered;
  }
  // A target may be a task that waits for another: no lock is held while the request goes there.
  park_word().release(Afterwards::nothing);
  if (!request.has_targets()) return CancelReply::delivered;
  return reply == Waiter::Reply::noted ? CancelReply::taken : CancelReply::forwarded;
}

void TaskCell::interrupt(Interruption& interruption) {
  CancelRequest({}, runtime()->asyncio_order() ? nullptr : &interruption).deliver_to(*this);
}

void TaskCell::end_block(Interruption& interruption) noexcept {
  Interruption** place = &blocks_;
  while (*place != &interruption) place = &(*place)->around_;
  *place = interruption.around_;
}

bool TaskCell::tell_interruptions() noexcept {
  bool told = false;
  for (Interruption* block = blocks_; block != nullptr; block = block->around_) told = block->tell() || told;
  return told;
}

bool TaskCell::settle_reminder() noexcept {
  if (park_word().take_reminder() && tell_interruptions()) park_word().remember();
  return park_word().remembers();
}

// A child's own step, and what follows from it without suspending, counts for the nearest task that can be seen.
static void run_watched_fork_item(PromiseBase& child, Worker& worker) noexcept {
  TaskCell& nearest = child.completion().join()->nearest_cell();
  nearest.retain();
  StepWatch watch(*nearest.runtime());
  resume_on(worker, child.completion().join()->start_child(child, worker));
  if (watch.was_slow()) watch.report("children of " + nearest.describe_self(), nearest.name());
  nearest.release();
}

void run_fork_item(ForkItem* item, Worker& worker) noexcept {
  PromiseBase& child = *Join::promise_of(item);
  if (Runtime::of_this_thread()->debug() && child.completion().kind() == Completion::Kind::join) [[unlikely]] {
    run_watched_fork_item(child, worker);
    return;
  }
  if (child.completion().kind() == Completion::Kind::join) [[likely]] {
    resume_on(worker, child.completion().join()->start_child(child, worker));
  } else {
    child.completion().cell()->run();
  }
}

TaskCell* current_cell_or_null() noexcept {
  Worker* worker = this_worker();
  if (worker == nullptr) return nullptr;
  const Identity running(worker->current());
  if (running.none()) return nullptr;
  if (running.is_cell()) return running.cell();
  PromiseBase& child = *running.child();
  TaskCell& cell = child.completion().join()->materialise(child, *Runtime::of_this_thread());
  cell.mark_started();
  worker->set_current(Identity(&cell).bits());
  return &cell;
}

TaskCell& current_cell_slowly(const char* caller) {
  TaskCell* cell = current_cell_or_null();
  if (cell == nullptr)
    throw RuntimeError(std::string(caller) + ": no task is running here; call it from a coroutine that a task runs");
  return *cell;
}

std::vector<TaskCell*> pending_cells(Runtime& runtime) {
  struct Search {
    std::vector<TaskCell*> found;
  } search;
  runtime.for_each_own_fork([&runtime](ForkItem* item) {
    PromiseBase& child = *Join::promise_of(item);
    if (child.completion().kind() == Completion::Kind::join) child.completion().join()->materialise(child, runtime);
  });
  if (Runtime::of_this_thread() == &runtime) current_cell_or_null();
  FramePool::for_each_cell(
      [](void* block, void* context) {
        auto& wanted = *static_cast<Search*>(context);
        if (FutureCore::try_retain_block(block)) wanted.found.push_back(static_cast<TaskCell*>(block));
      },
      &search);
  // Released here, not under the pool's lock.
  std::vector<TaskCell*> pending;
  for (TaskCell* cell : search.found) {
    if (cell->runtime() == &runtime && !cell->done()) {
      pending.push_back(cell);
    } else {
      cell->release();
    }
  }
  std::sort(pending.begin(), pending.end(), [](const TaskCell* a, const TaskCell* b) { return a->created_before(*b); });
  return pending;
}

}  // namespace weft
