#pragma once
// promise: what every weft coroutine frame carries, whatever it returns.
//
//   a coroutine is one of   awaited inline by another coroutine      its Completion is the awaiter in that frame
//                           a child of a join that nobody has seen   its Completion is the join
//                           the root of a task                       its Completion is the task's cell
//
//   layout    32 bytes with an 8-byte result, behind the 16 bytes of the compiler: completion, await site, carry and tag, result.
//   threads   a frame is touched by the one worker that runs it; across workers the queues order the accesses.

#include <coroutine>
#include <cstdint>
#include <exception>
#include <source_location>
#include <type_traits>

#include "weft/runtime/sched/worker.h"
#include "weft/runtime/task/frame_pool.h"

namespace weft {

class PromiseBase;
class TaskCell;
class Join;

// The awaiter of an inline coroutine, in the awaiting frame.
struct InlineAwait {
  void* child = nullptr;          // the frame that is awaited; null when it is gone
  PromiseBase* parent = nullptr;  // the coroutine that awaits
};

// Who is told when a coroutine has ended: a tagged pointer.
class Completion {
 public:
  enum class Kind : std::uintptr_t { inline_await = 0, join = 1, task = 2, child_task = 3 };

  Completion() = default;
  explicit Completion(InlineAwait* await) noexcept : bits_(reinterpret_cast<std::uintptr_t>(await)) {}
  explicit Completion(Join* join) noexcept : bits_(reinterpret_cast<std::uintptr_t>(join) | 1) {}
  Completion(TaskCell* cell, bool child) noexcept : bits_(reinterpret_cast<std::uintptr_t>(cell) | (child ? 3U : 2U)) {}

  Kind kind() const noexcept { return static_cast<Kind>(bits_ & 3); }
  InlineAwait* inline_await() const noexcept { return reinterpret_cast<InlineAwait*>(bits_); }
  Join* join() const noexcept { return reinterpret_cast<Join*>(bits_ - 1); }
  TaskCell* cell() const noexcept { return reinterpret_cast<TaskCell*>(bits_ & ~std::uintptr_t{3}); }
  bool operator==(const Completion&) const = default;

 private:
  std::uintptr_t bits_ = 0;
};

// Resumes `frame` on this worker, and whatever follows from it without suspending.
void resume_on(Worker& worker, std::coroutine_handle<> frame) noexcept;

// What goes on at the end of a child of a join that nobody has seen, and of the root of a task or of a child that is one; defined where joins
// and tasks are known.
std::coroutine_handle<> finish_child(PromiseBase& promise) noexcept;
std::coroutine_handle<> finish_root(PromiseBase& promise) noexcept;

// See left_behind.h.
void watched_coroutine_ends(PromiseBase& ending) noexcept;

// Where control goes next. With tail calls: into `frame` itself. Without: back to the worker's loop, which resumes it.
inline std::coroutine_handle<> transfer_to(std::coroutine_handle<> frame) noexcept {
  if constexpr (kTrampoline) {
    this_worker()->set_sequel(reinterpret_cast<std::uintptr_t>(frame.address()));
    return std::noop_coroutine();
  } else {
    return frame;
  }
}

// An awaiter that lives in the co_await expression, by reference.
template <class Awaiter>
struct AwaiterByName {
  Awaiter& awaiter;
  bool await_ready() { return awaiter.await_ready(); }
  template <class Promise>
  auto await_suspend(std::coroutine_handle<Promise> awaiting) {
    return awaiter.await_suspend(awaiting);
  }
  decltype(auto) await_resume() { return awaiter.await_resume(); }
};

class PromiseBase {
 public:
  enum class Holds : std::uint8_t { nothing, value, error };

  PromiseBase() = default;
  PromiseBase(const PromiseBase&) = delete;
  PromiseBase& operator=(const PromiseBase&) = delete;

  // The frame of this promise. Every promise is aligned to at most 16 bytes, so that its distance from the frame is fixed.
  std::coroutine_handle<> frame() noexcept {
    return std::coroutine_handle<>::from_address(reinterpret_cast<char*>(this) - kFromFrame);
  }
  static PromiseBase& of(void* frame) noexcept {
    return *reinterpret_cast<PromiseBase*>(static_cast<char*>(frame) + kFromFrame);
  }

  const Completion& completion() const noexcept { return completion_; }
  void set_completion(Completion completion) noexcept { completion_ = completion; }
  // How many children of its join this child accounts for.
  std::uint32_t carry() const noexcept { return carry_; }
  void set_carry(std::uint32_t carry) noexcept { carry_ = carry; }
  Holds holds() const noexcept { return static_cast<Holds>(tag_ & kHolds); }
  // The exception that the coroutine ended with; only when holds() is error. ResultPromise keeps it right behind this base.
  std::exception_ptr& stored_error() noexcept {
    return *reinterpret_cast<std::exception_ptr*>(reinterpret_cast<char*>(this) + sizeof(PromiseBase));
  }
  // Where the coroutine awaits: the last co_await it has reached, or, before the first, where it is defined.
  const std::source_location& await_site() const noexcept { return await_site_; }

  static std::suspend_always initial_suspend() noexcept { return {}; }

  struct FinalAwaiter {
    static bool await_ready() noexcept { return false; }
    template <class Promise>
    static std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
      PromiseBase& promise = ended.promise();
      if (promise.completion_.kind() == Completion::Kind::inline_await) [[likely]] {
        return transfer_to(promise.completion_.inline_await()->parent->frame());
      }
      return promise.completion_.kind() == Completion::Kind::join ? finish_child(promise) : finish_root(promise);
    }
    static void await_resume() noexcept {}
  };
  static FinalAwaiter final_suspend() noexcept { return {}; }

  // Notes the site. An awaiter is passed on by name: g++ 12 would move one that await_transform hands on as a reference.
  template <class Awaitable>
  decltype(auto) await_transform(Awaitable&& awaitable, std::source_location site = std::source_location::current()) {
    await_site_ = site;
    if constexpr (requires { static_cast<Awaitable&&>(awaitable).operator co_await(); }) {
      return static_cast<Awaitable&&>(awaitable).operator co_await();
    } else if constexpr (kReferenceAwaiters) {
      return static_cast<Awaitable&&>(awaitable);
    } else {
      return AwaiterByName<std::remove_reference_t<Awaitable>>{awaitable};
    }
  }

  static void* operator new(std::size_t bytes) { return FramePool::allocate<BlockKind::frame>(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept {
    FramePool::deallocate<BlockKind::frame>(memory, bytes);
  }

  // In debug mode: watched_coroutine_ends() is to be told when this coroutine ends.
  void watch_end() noexcept { tag_ |= kWatched; }

 protected:
  ~PromiseBase() = default;
  // For the destructor of whoever knows the value: does it hold an error, or is it watched?
  bool ends_unusually() const noexcept { return tag_ > static_cast<std::uint8_t>(Holds::value); }
  void end_unusually() noexcept {
    if (holds() == Holds::error) stored_error().~exception_ptr();
    if ((tag_ & kWatched) != 0) watched_coroutine_ends(*this);
  }
  void set_await_site(const std::source_location& site) noexcept { await_site_ = site; }
  // From nothing.
  void set_holds(Holds holds) noexcept { tag_ |= static_cast<std::uint8_t>(holds); }
  void clear_holds() noexcept { tag_ &= kWatched; }

 private:
  static constexpr std::uint8_t kHolds = 3;
  static constexpr std::uint8_t kWatched = 4;
  static constexpr std::size_t kFromFrame = 2 * sizeof(void*);

  Completion completion_;
  std::source_location await_site_;
  std::uint32_t carry_ = 0;
  std::uint8_t tag_ = 0;  // Holds, and kWatched
};

// Destroys a suspended coroutine and those that await it, the innermost first: destructors may read their callers' locals.
// Ends with the root of the task or child, which it destroys when `and_root`. `innermost` may be null.
void destroy_from(PromiseBase* innermost, bool and_root) noexcept;

// Destroys a coroutine that never ran. In debug mode that is reported.
void drop_coroutine(void* frame) noexcept;

// Destroys a frame that never ran or has ended. A deep nest of frames that own each other takes constant stack.
void destroy_frame(void* frame) noexcept;

}  // namespace weft
