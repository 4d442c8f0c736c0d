#pragma once
// future_core: the state that futures and tasks share: pending or done, who waits, how many handles. Its edges: future_word.h.
//
//   threads   every member from any thread. One bit of the state word is a lock over the list of waiters; it is held for a few
//             instructions, and nobody who holds it takes another lock or calls out.
//   cost      state and count of references share a word, so that a task that nobody waits for yet ends with one
//             read-modify-write: its outcome is published and the runtime's reference given up at once.
//   order     waiters are woken in the order in which they were added, always through the run queue, never inline.

#include <atomic>
#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "weft/runtime/base/intrusive_list.h"
#include "weft/runtime/base/stored_error.h"
#include "weft/runtime/sched/work.h"
#include "weft/runtime/task/cancel_request.h"
#include "weft/runtime/task/future_word.h"
#include "weft/runtime/task/runtime.h"
#include "weft/runtime/task/waiter.h"

namespace weft {

class FutureCore;

// Somebody who is told, once, that a future is done. Told: it must not take long and must not throw.
class DoneListener : public Waiter, public ListNode {
 public:
  virtual void future_done(FutureCore& future) noexcept = 0;
  // The future was dropped while it was pending.
  virtual void future_gone() noexcept {}
  // The task or future that waits for the one that is listened to, if it does: its memory is there while the listener is linked. Under a
  // lock: takes none.
  virtual FutureCore* dependent() noexcept { return nullptr; }
  // For listeners that are no tasks.
  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override { return Reply::too_late; }

 protected:
  ~DoneListener() = default;
};

class FutureCore : public Work {
 public:
  FutureCore(const FutureCore&) = delete;
  FutureCore& operator=(const FutureCore&) = delete;

  bool done() const noexcept { return (state() & kDone) != 0; }
  bool has_result() const noexcept { return (state() & kResult) != 0; }
  bool has_error() const noexcept { return (state() & kError) != 0; }
  bool cancelled() const noexcept { return (state() & kCancelled) != 0; }
  Runtime* runtime() const noexcept { return runtime_; }

  // asyncio's Future.cancel / Task.cancel. False: it was done.
  bool cancel(std::string_view message);
  // This future's part of it.
  virtual CancelReply try_cancel(CancelRequest& request) = 0;
  // Of the targets that it named one was cancelled at least, and all have been asked.
  virtual void targets_cancelled() noexcept {}
  // Only when has_error().
  virtual const StoredError& error() const noexcept = 0;
  // The runtime goes down with the task that waited for this: what it holds of other futures is to be let go.
  virtual void waiter_abandoned() noexcept {}
  virtual bool is_task() const noexcept { return false; }
  // The message of the cancellation, for CancelledError; empty when none was given.
  virtual std::string cancel_message() const = 0;
  // The sentence for InvalidStateError and logs, e.g. "<Task 'Task-3' pending>".
  virtual std::string describe_self() const = 0;

  // Throws ValueError naming `caller` unless it belongs to `runtime`.
  void check_runtime(const Runtime& runtime, const char* caller) const {
    if (&runtime != runtime_) [[unlikely]]
      refuse_runtime(caller);
  }

  // Links the listener unless the future is done: then false, and the listener is not told.
  [[nodiscard]] bool listen(DoneListener& listener) noexcept;
  // True when the listener was linked: it will not be told.
  bool unlisten(DoneListener& listener) noexcept;
  // While it is pending, in the order in which they began to listen. Under the lock: visit() takes none, and must not come back here.
  template <class Visit>
  void for_each_listener(Visit visit) {
    const Locked locked(future_word());
    if (locked.pending) listeners_.for_each(visit);
  }

  // Who waits for this, in the order in which they began; each retained for the caller.
  std::vector<FutureCore*> dependents();

  // Throws what result() throws when there is no result: InvalidStateError, CancelledError, or the error itself.
  void check_result(const char* caller);
  // The error, null when there is a result; throws as check_result for a pending or cancelled one. Marks it as retrieved.
  std::exception_ptr exception(const char* caller);
  // The error or the cancellation counts as seen: nobody reports it.
  void mark_retrieved() noexcept { future_word().mark_retrieved(); }

  void retain() noexcept { future_word().retain(); }
  void release() noexcept {
    if (future_word().release()) destroy();
  }
  // For enumerations, which may meet a cell that is being created or freed: false when it is done or no handle is left.
  bool try_retain() noexcept { return future_word().try_retain(); }
  // As try_retain, by the word alone: it lies right behind the virtual table (FramePool::for_each_cell), where there may be no object.
  static bool try_retain_block(void* block) noexcept {
    auto* const word = reinterpret_cast<std::uint64_t*>(static_cast<char*>(block) + sizeof(void*));
    return States(std::atomic_ref(*word)).try_retain();
  }

  void run() noexcept override;

 protected:
  using States = FutureWord<StdAtomics, std::atomic_ref<std::uint64_t>>;
  enum : std::uint32_t {
    kResult = States::kResult,
    kError = States::kError,
    kCancelled = States::kCancelled,
    kDone = States::kDone
  };

  // The state begins with live(), the last act of creation.
  explicit FutureCore(Runtime* runtime) noexcept : runtime_(runtime) {}
  ~FutureCore() {
    if (!listeners_.empty()) [[unlikely]]
      tell_gone();
  }
  void live(std::uint32_t references) noexcept { future_word().live(references); }

  // True for one caller only, who must publish() then, or abandon_set().
  [[nodiscard]] bool begin_set() noexcept { return future_word().begin_set(); }
  void abandon_set() noexcept { future_word().abandon_set(); }
  // Makes the outcome visible and tells the listeners, in order. The caller holds a reference.
  void publish(std::uint32_t outcome) noexcept { publish(outcome, 0); }
  // As publish() and then release(): this may be gone afterwards.
  void publish_and_release(std::uint32_t outcome) noexcept { publish(outcome, 1); }
  // Publishes a result as publish_and_release() does, and sets `more`, in one operation. False, and nothing is done, when somebody
  // listens, when one of the bits `unless` is set, or when no handle is left.
  [[nodiscard]] bool try_publish_result(std::uint64_t more, std::uint64_t unless) noexcept {
    return future_word().try_publish_result(more, unless);
  }
  // The word below, whose bits 8 to 31 are a task's (ParkWord).
  std::atomic_ref<std::uint64_t> word() const noexcept { return std::atomic_ref(word_); }
  virtual void destroy() noexcept = 0;
  bool has_unretrieved_error() const noexcept { return (state() & (kError | States::kRetrieved)) == kError; }
  // Reports an error that nobody retrieved, if there is one; for destructors.
  void report_unretrieved(const char* what, std::string name, const std::source_location& created_at = {}) noexcept;

 private:
  struct Locked {
    explicit Locked(States states) noexcept : word(states), pending(word.lock()) {}
    ~Locked() { word.unlock(); }
    States word;
    const bool pending;
  };
  States future_word() const noexcept { return States(word()); }
  std::uint64_t state() const noexcept { return future_word().state(); }
  [[noreturn]] void refuse_runtime(const char* caller) const;
  void publish(std::uint32_t outcome, std::uint64_t references) noexcept;
  void tell_gone() noexcept;

  // word_: a FutureWord and, in bits 8 to 31, a task's ParkWord. A plain word used through atomic_ref, because an enumeration may look at it
  //   before and after the object's life: the high half is zero then.
  mutable std::uint64_t word_;
  IntrusiveList<DoneListener> listeners_;  // under the lock bit
  Runtime* runtime_;
};

}  // namespace weft
