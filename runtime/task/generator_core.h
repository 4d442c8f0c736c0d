#pragma once
// generator_core: what an async generator is besides its coroutine: its state, the step that runs, and how it ends when nobody holds it.
//
//   CREATED --first step--> RUNNING --co_yield--> SUSPENDED        DROPPED   its handle is gone
//      |                     |   ^------next step------|           CLOSED    GeneratorExit was thrown into it; nobody does so again
//      +-------------------> ENDED <-------------------+
//
//   life      until its handle is gone, its coroutine is destroyed, and no queue or task has it to close.
//   owner     of the coroutine: whoever moved the state to RUNNING. So a step, a drop and shutdown_asyncgens() may meet on several threads.
//   dropped   while SUSPENDED: its runtime closes it in a task. While RUNNING: so at its next co_yield. Without a runtime, or when it was closed
//             already: the coroutine is destroyed where it is.
//   cost      of a step: two read-modify-writes on the generator's own memory.

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include "weft/runtime/base/counted.h"
#include "weft/runtime/base/intrusive_list.h"
#include "weft/runtime/sched/work.h"
#include "weft/runtime/task/context_map.h"
#include "weft/runtime/task/promise.h"

namespace weft {

class GeneratorCore;
class Runtime;
class TaskCell;

// One next(), asend(), athrow() or aclose(): its awaiter, in the frame of whoever consumes.
class GeneratorStep : public InlineAwait {
 public:
  enum class Kind : std::uint8_t { next, send, raise, close };

  GeneratorStep(const GeneratorStep&) = delete;
  GeneratorStep& operator=(const GeneratorStep&) = delete;

  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    static_assert(std::is_base_of_v<PromiseBase, Promise>, "an async generator is iterated in weft coroutines only");
    parent = &awaiting.promise();
    return transfer_to(enter());
  }

  // --- for the generator's promise ---------------------------------------------------------------------------------
  Kind kind() const noexcept { return kind_; }
  // The generator has reached a co_yield, or its end.
  void yielded() noexcept { outcome_ = kind_ == Kind::close ? Outcome::ignored_exit : Outcome::yielded; }
  void returned() noexcept { outcome_ = Outcome::ended; }
  // It ends with the exception being handled.
  void failed() noexcept;
  // At the co_yield where the generator is suspended: throws what athrow() or aclose() brought.
  [[noreturn]] void raise();

 protected:
  GeneratorStep(GeneratorCore& core, Kind kind) noexcept : core_(&core), kind_(kind) {}
  GeneratorStep(GeneratorCore& core, Kind kind, std::exception_ptr error) noexcept
      : error_(std::move(error)), core_(&core), kind_(kind) {}
  GeneratorStep(GeneratorStep&& other) noexcept
      : error_(std::move(other.error_)), core_(std::exchange(other.core_, nullptr)), kind_(other.kind_) {}
  ~GeneratorStep() = default;

  // False: there is nothing to run, the step is over.
  bool begin();
  // After the step: throws what the generator ended with.
  void check() {
    if (outcome_ == Outcome::yielded) [[likely]] {
      core_ = nullptr;
    } else {
      end();
    }
  }

 private:
  friend class GeneratorCore;
  enum class Outcome : std::uint8_t { nothing, yielded, ignored_exit, ended };
  bool begin_slowly();
  std::coroutine_handle<> enter() noexcept;
  void end();
  const char* name() const noexcept;

  std::exception_ptr error_;  // what to throw there; afterwards, what came out
  GeneratorCore* core_;       // null: awaited already
  Kind kind_;
  Outcome outcome_ = Outcome::nothing;
};

// What aclose() returns.
class [[nodiscard("co_await generator.aclose()")]] GeneratorClose final : public GeneratorStep {
 public:
  using value_type = void;
  explicit GeneratorClose(GeneratorCore & core) noexcept : GeneratorStep(core, Kind::close) {}
  // Throws `error` there instead of GeneratorExit.
  GeneratorClose(GeneratorCore & core, std::exception_ptr error) noexcept
      : GeneratorStep(core, Kind::close, std::move(error)) {}
  GeneratorClose(GeneratorClose &&) noexcept = default;
  bool await_ready() { return !begin(); }
  void await_resume() { check(); }
};

class GeneratorCore final : public Work, public ListNode {
 public:
  // Makes a task of `runtime`, not scheduled, that closes the generator; one reference of it is the caller's. (A function of the library would
  // hand a Coro from one compiler to another.)
  using CreateCloser = TaskCell*(Ref<GeneratorCore> core, Runtime& runtime);

  // Two references: of the coroutine and of the handle.
  static GeneratorCore& create(void* frame, CreateCloser* closer) {
    return *new (FramePool::allocate<BlockKind::frame>(sizeof(GeneratorCore))) GeneratorCore(frame, closer);
  }
  void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }

  // Takes over the handle's reference.
  void drop_handle() noexcept;
  bool dropped() const noexcept { return (state_.load(std::memory_order_relaxed) & kDropped) != 0; }
  bool closed() const noexcept { return (state_.load(std::memory_order_relaxed) & kClosed) != 0; }
  // For messages.
  std::string describe() const;

  TaskCell* create_closer(Runtime& runtime) { return create_closer_(Ref<GeneratorCore>::sharing(this), runtime); }
  // The task that was to close it has ended, or is destroyed before.
  void closer_gone() noexcept;

  // --- for the coroutine -------------------------------------------------------------------------------------------
  // It is suspended at a co_yield. Afterwards another thread may run or destroy it.
  void end_at_yield() noexcept {
    std::uint32_t running = kRunning;
    if (!state_.compare_exchange_strong(running, kSuspended, std::memory_order_release, std::memory_order_relaxed))
        [[unlikely]]
      end_at_yield_slowly();
  }
  // Its frame is being destroyed; the coroutine's reference goes.
  void coroutine_gone() noexcept {
    if (frame_ != nullptr) [[unlikely]]
      torn_down();
    release();
  }

  // --- on the queue: it was dropped --------------------------------------------------------------------------------
  void run() noexcept override;
  void drop() noexcept override;

 private:
  friend class GeneratorStep;
  friend class GeneratorRegistry;

  static constexpr std::uint32_t kCreated = 0;
  static constexpr std::uint32_t kSuspended = 1;
  static constexpr std::uint32_t kRunning = 2;
  static constexpr std::uint32_t kEnded = 3;
  static constexpr std::uint32_t kPhase = 3;
  static constexpr std::uint32_t kDropped = 4;
  static constexpr std::uint32_t kClosed = 8;

  GeneratorCore(void* frame, CreateCloser* closer) noexcept : frame_(frame), create_closer_(closer) {}
  ~GeneratorCore() = default;
  void destroy() noexcept {
    this->~GeneratorCore();
    FramePool::deallocate<BlockKind::frame>(this, sizeof(GeneratorCore));
  }

  bool try_begin() noexcept {
    std::uint32_t suspended = kSuspended;
    return state_.compare_exchange_strong(suspended, kRunning, std::memory_order_acquire, std::memory_order_relaxed);
  }
  bool begin_slowly(GeneratorStep& step);
  void start();
  void end_at_yield_slowly() noexcept;
  // Once DROPPED: destroys the coroutine if it is suspended.
  void destroy_if_dropped() noexcept;
  void finalise(Ref<GeneratorCore> self) noexcept;
  // By the owner: ends the generator. In a deep nest the frame itself goes later.
  void destroy_coroutine() noexcept;
  void torn_down() noexcept;

  // state_: a phase and flags. Every change is a read-modify-write, by the handle, a step, or who closes.
  //   to RUNNING     acquire: sees what the last step left in the frame
  //   from RUNNING   release: publishes it
  std::atomic<std::uint32_t> state_{kCreated};
  // references_: acq_rel at the end, so that the last owner's destruction comes after every other's use.
  std::atomic<std::uint32_t> references_{2};
  void* frame_;  // of the coroutine; null when it is destroyed. The owner's.
  CreateCloser* const create_closer_;
  // Until it runs on the queue: the context in which it was dropped.
  Ref<const ContextMap> context_;

  // --- under the registry's lock ---
  Runtime* runtime_ = nullptr;  // in whose registry this is
  TaskCell* closer_ = nullptr;  // the task that closes it because it was dropped; retained
  bool collected_ = false;      // by a shutdown, which happens once
  bool closing_ = false;        // a task is to close it, and has not ended
  bool finalising_ = false;     // that is, because it was dropped; until a shutdown has seen the closer
  bool again_ = false;          // it was dropped meanwhile: who closes it then, if it is not closed?
};

inline bool GeneratorStep::begin() {
  if (core_ != nullptr && kind_ <= Kind::send && core_->try_begin()) [[likely]]
    return true;
  return begin_slowly();
}

inline std::coroutine_handle<> GeneratorStep::enter() noexcept {
  child = core_->frame_;
  PromiseBase::of(child).set_completion(Completion(static_cast<InlineAwait*>(this)));
  return std::coroutine_handle<>::from_address(child);
}

}  // namespace weft
