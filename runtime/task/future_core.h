#pragma once
// future_core: the state that futures and tasks share: pending or done, who waits, how many handles.
//
//            begin_set()            publish(result | error)
//   PENDING -----------> SETTING ---------------------------> RESULT | ERROR
//      | cancel_pending()
//      +----------------------------------------------------> CANCELLED
//
//   threads   every member from any thread. One bit of the state word is a lock over the list of waiters; it is held for a few
//             instructions, and nobody who holds it takes another lock or calls out.
//   order     waiters are woken in the order in which they were added, always through the run queue, never inline.

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "weft/runtime/base/intrusive_list.h"
#include "weft/runtime/base/stored_error.h"
#include "weft/runtime/sched/work.h"
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
  // For listeners that are no tasks.
  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override { return Reply::too_late; }

 protected:
  ~DoneListener() = default;
};

class FutureCore : public Work {
 public:
  FutureCore(const FutureCore&) = delete;
  FutureCore& operator=(const FutureCore&) = delete;

  bool done() const noexcept { return (state_.load(std::memory_order_acquire) & kDone) != 0; }
  bool has_result() const noexcept { return (state_.load(std::memory_order_acquire) & kResult) != 0; }
  bool has_error() const noexcept { return (state_.load(std::memory_order_acquire) & kError) != 0; }
  bool cancelled() const noexcept { return (state_.load(std::memory_order_acquire) & kCancelled) != 0; }
  Runtime* runtime() const noexcept { return runtime_; }

  // asyncio's Future.cancel / Task.cancel. False: it was done.
  virtual bool cancel(std::string_view message) = 0;
  // Only when has_error().
  virtual const StoredError& error() const noexcept = 0;
  // The runtime goes down with the task that waited for this: what it holds of other futures is to be let go.
  virtual void waiter_abandoned() noexcept {}
  virtual bool is_task() const noexcept { return false; }
  // The message of the cancellation, for CancelledError; empty when none was given.
  virtual std::string cancel_message() const = 0;
  // The sentence for InvalidStateError and logs, e.g. "<Task 'Task-3' pending>".
  virtual std::string describe_self() const = 0;

  // Links the listener unless the future is done: then false, and the listener is not told.
  [[nodiscard]] bool listen(DoneListener& listener) noexcept;
  // True when the listener was linked: it will not be told.
  bool unlisten(DoneListener& listener) noexcept;
  // Unlinks every listener that `matches(listener, key)` and moves it to `removed`.
  void unlisten_if(bool (*matches)(DoneListener&, const void* key), const void* key,
                   IntrusiveList<DoneListener>& removed) noexcept;

  // Throws what result() throws when there is no result: InvalidStateError, CancelledError, or the error itself.
  void check_result(const char* caller);
  // The error, null when there is a result; throws as check_result for a pending or cancelled one. Marks it as retrieved.
  std::exception_ptr exception(const char* caller);
  // The error or the cancellation counts as seen: nobody reports it.
  void mark_retrieved() noexcept { state_.fetch_or(kRetrieved, std::memory_order_relaxed); }

  void retain() noexcept { std::atomic_ref(references_).fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (std::atomic_ref(references_).fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }
  // For enumerations, which may meet a cell that is being created or freed: false when no handle is left.
  bool try_retain() noexcept;

  void run() noexcept override;

 protected:
  enum : std::uint32_t {
    kResult = 1,
    kError = 2,
    kCancelled = 4,
    kDone = 7,
    kLocked = 8,
    kSetting = 16,
    kRetrieved = 32
  };

  // `references_` must be set by live() as the last act of creation.
  explicit FutureCore(Runtime* runtime) noexcept : runtime_(runtime) {}
  ~FutureCore();
  void live(std::uint32_t references) noexcept {
    std::atomic_ref(references_).store(references, std::memory_order_release);
  }

  // True for one caller only, who must publish() then, or abandon_set().
  [[nodiscard]] bool begin_set() noexcept;
  void abandon_set() noexcept { state_.fetch_and(~kSetting, std::memory_order_relaxed); }
  // Makes the outcome visible and tells the listeners, in order. The caller holds a reference.
  void publish(std::uint32_t outcome) noexcept;
  virtual void destroy() noexcept = 0;
  bool has_unretrieved_error() const noexcept {
    return (state_.load(std::memory_order_acquire) & (kError | kRetrieved)) == kError;
  }
  // Reports an error that nobody retrieved, if there is one; for destructors.
  void report_unretrieved(const char* what, std::string name) noexcept;

 private:
  void lock() noexcept;
  void unlock() noexcept { state_.fetch_and(~kLocked, std::memory_order_release); }

  // references_: handles, plus one of the runtime while a task is pending. A plain word used through atomic_ref, because an
  //   enumeration may look at it before and after the object's life (FramePool::for_each_cell).
  //   written by  handles; acq_rel at the end of each, so that the last one sees all others' uses.
  std::uint32_t references_;
  // state_: the states above, the lock, "retrieved".
  //   publish     release -> done()'s acquire: who sees it done sees the outcome
  std::atomic<std::uint32_t> state_{0};
  IntrusiveList<DoneListener> listeners_;  // under the lock bit
  Runtime* runtime_;
};

}  // namespace weft
