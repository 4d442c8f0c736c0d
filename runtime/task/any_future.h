#pragma once
// any_future: a handle to a future or task whose result type is not known; handles of different T go into one container.
//
//   asyncio   asyncio.Future (the parts that need no result type)
//   threads   a handle is used by one thread at a time; handles of one future may be used by many at once
//   life      a handle is a view: the runtime owns a pending task

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "weft/runtime/task/context_slot.h"
#include "weft/runtime/task/future_core.h"
#include "weft/runtime/task/future_wait.h"

namespace weft {

class EventLoop;

// Names one registered callback, for remove_done_callback.
struct CallbackId {
  std::uint64_t number = 0;
  bool operator==(const CallbackId&) const = default;
};

class AnyFuture {
 public:
  AnyFuture() = default;
  AnyFuture(const AnyFuture& other) noexcept : core_(other.core_) {
    if (core_ != nullptr) core_->retain();
  }
  AnyFuture(AnyFuture&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  AnyFuture& operator=(AnyFuture other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~AnyFuture() {
    if (core_ != nullptr) core_->release();
  }

  // False for a default-constructed or moved-from handle; every other member needs true.
  explicit operator bool() const noexcept { return core_ != nullptr; }
  // Do both name the same future?
  bool operator==(const AnyFuture& other) const noexcept { return core_ == other.core_; }

  // The loop that it belongs to. RuntimeError when that is closed.
  EventLoop& get_loop() const;
  bool done() const { return core().done(); }
  bool cancelled() const { return core().cancelled(); }
  // asyncio's cancel(msg). True: the request will be delivered, or the future is cancelled now. False: it was done; an error counts as
  // retrieved then.
  bool cancel(std::string_view message = {}) const {
    if (core().cancel(message)) return true;
    core().mark_retrieved();
    return false;
  }
  // Null when there is a result. Throws InvalidStateError while pending, CancelledError when cancelled. The error counts as retrieved.
  std::exception_ptr exception() const { return core().exception("exception()"); }

  // Calls fn(AnyFuture) once, from a run queue, after the future is done, in the order of registration; also when it is done already.
  // What fn throws goes to the exception handler; the other callbacks run.
  // It runs in a copy of the context that registers it, or in `context` itself.
  // A function object with a member `FutureCore* dependent()` says who waits for this future by it; see DoneListener.
  template <class Function>
  CallbackId add_done_callback(Function function) const;
  template <class Function>
  CallbackId add_done_callback(Function function, const Context& context) const;
  // True when the callback was registered and will not be called.
  bool remove_done_callback(CallbackId id) const;
  // Removes every callback that compares equal to `function` (a function pointer, say). Returns how many. The comparison may use the future;
  // it may run while the callback is called on another worker.
  template <class Function>
  requires std::equality_comparable<Function> std::size_t remove_done_callback(Function function)
  const {
    const Sought sought{0, &typeid(Function), &function};
    return remove_matching(sought);
  }

  // For sets and maps.
  struct Hash {
    std::size_t operator()(const AnyFuture& future) const noexcept { return std::hash<const void*>()(future.core_); }
  };

  // The shared state, for combinators. Borrowed.
  FutureCore* core_or_null() const noexcept { return core_; }
  FutureCore& core() const {
    if (core_ == nullptr) refuse_empty();
    return *core_;
  }

 protected:
  // Takes over one reference.
  explicit AnyFuture(FutureCore* core) noexcept : core_(core) {}
  // As core(), for co_await: read from the handle, in whose coroutine frame a compiler would else keep it a second time.
  FutureCore& awaited_core() const {
    asm("" : : "m"(core_) : "memory");
    return core();
  }
  FutureCore* release_core() noexcept { return std::exchange(core_, nullptr); }

 private:
  friend class DoneCallback;
  struct Sought {
    std::uint64_t number;
    const std::type_info* type;
    const void* function;
  };
  std::size_t remove_matching(const Sought& sought) const;
  [[noreturn]] static void refuse_empty();

  FutureCore* core_ = nullptr;
};

// A handle made of a bare core; takes over one reference.
class FutureHandle : public AnyFuture {
 public:
  explicit FutureHandle(FutureCore* core) noexcept : AnyFuture(core) {}
};

// A registered callback: first a listener of the future, then an entry of a run queue.
class DoneCallback : public DoneListener, public Work {
 public:
  void future_done(FutureCore& future) noexcept final;
  void future_gone() noexcept final { release(); }
  void run() noexcept final;
  void drop() noexcept final { release(); }
  std::uint64_t number() const noexcept { return number_; }

 protected:
  // `context` null: a copy of the current one.
  explicit DoneCallback(const Context* context);
  virtual ~DoneCallback() = default;
  virtual void call(AnyFuture future) = 0;

 private:
  friend class AnyFuture;
  // Is its function of this type? And, if it is: are the two equal?
  virtual bool is_a(const std::type_info& type) const noexcept = 0;
  virtual bool equals(const void* function) const = 0;
  void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  static CallbackId add(DoneCallback* callback, FutureCore& future);
  template <class Function>
  static CallbackId register_for(FutureCore& future, Function function, const Context* context);
  const std::uint64_t number_;
  ContextSlot context_;
  AnyFuture future_;  // set when it is done
  // references_: one of the future or the run queue, and one of each who compares it. Written by all of them. acq_rel: the last one destroys
  //   after the others' uses.
  std::atomic<std::uint32_t> references_{1};
};

template <class Function>
class DoneCallbackOf final : public DoneCallback {
 public:
  DoneCallbackOf(Function function, const Context* context) : DoneCallback(context), function_(std::move(function)) {}

 private:
  void call(AnyFuture future) override { function_(std::move(future)); }
  FutureCore* dependent() noexcept override {
    if constexpr (requires { function_.dependent(); }) {
      return function_.dependent();
    } else {
      return nullptr;
    }
  }
  bool is_a(const std::type_info& type) const noexcept override { return type == typeid(Function); }
  bool equals(const void* function) const override {
    if constexpr (std::equality_comparable<Function>) {
      return *static_cast<const Function*>(function) == function_;
    } else {
      return false;
    }
  }
  Function function_;
};

template <class Function>
CallbackId DoneCallback::register_for(FutureCore& future, Function function, const Context* context) {
  static_assert(std::is_invocable_v<Function&, AnyFuture>,
                "a done callback is called with the future: fn(weft::AnyFuture)");
  return add(new DoneCallbackOf<Function>(std::move(function), context), future);
}

// core() refuses an empty handle before anything is allocated.
template <class Function>
CallbackId AnyFuture::add_done_callback(Function function) const {
  return DoneCallback::register_for(core(), std::move(function), nullptr);
}
template <class Function>
CallbackId AnyFuture::add_done_callback(Function function, const Context& context) const {
  return DoneCallback::register_for(core(), std::move(function), &context);
}

}  // namespace weft
