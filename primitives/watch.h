#pragma once
// watch: a value that is set again and again, and receivers that each notice that it has changed. The last value wins.
//
//   asyncio   none; as a Condition around a variable, without the lock.
//   order     set() wakes all that wait. A receiver that comes late sees the newest value once, not those between.
//   cancel    of one who waits leaves nothing behind, and marks nothing as seen.
//   errors    ChannelClosed: set() and modify() of a watch that was closed or is gone; a receiver's wait then, when it has seen the last
//             value. An exception of T's copy, or of a callable, leaves the watch and the receiver as they were.
//   threads   every member from any thread, the awaited ones from any task of the loop; a receiver is moved or destroyed while nobody uses it.
//             What is given to borrow(), modify() and wait_for() runs without a lock: others may set the value meanwhile.
//   memory    what was done before set() is seen by whoever sees its value or its version.
//   cost      set() allocates one object and is one guarded exchange; get() copies behind one guarded operation; has_changed() is one load.
//   life      a value lives until it is replaced and nobody looks at it any more. Receivers may outlive the watch; a receiver outlives those
//             that wait at it. A receiver that was moved from can be assigned to or destroyed.

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <string>
#include <utility>

#include "weft/primitives/channel_closed.h"
#include "weft/primitives/counted_value.h"
#include "weft/primitives/name.h"
#include "weft/primitives/waiting_task.h"
#include "weft/primitives/watch_state.h"
#include "weft/runtime/task/coro.h"

namespace weft {

// What a watch and its receivers share.
class WatchCore final : public Counted {
 public:
  using State = WatchState<Counted, WaitingTask>;
  class Newer;  // the wait for a version

  WatchCore(Ref<Counted> first, Name name) noexcept : state_(std::move(first)), name_(std::move(name)) {}

  // False: the version is another than `from`.
  bool publish(Ref<Counted> item, std::uint64_t from = State::kAnyVersion);
  void close() noexcept;
  State& state() noexcept { return state_; }
  // For a receiver that has seen the last version.
  [[noreturn]] static void refuse_wait();
  std::string describe();

 private:
  State state_;
  const Name name_;
};

class [[nodiscard("co_await receiver.changed()")]] WatchCore::Newer : public WaitingTask {
 public:
  // Than `seen`.
  Newer(WatchCore & core, std::uint64_t seen) noexcept : core_(core), seen_(seen) {}
  Newer(Newer &&) noexcept = default;
  ~Newer();

  bool await_ready() const noexcept { return core_.state_.settled(seen_); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, "WatchReceiver.changed", [this] { return !core_.state_.queue(*this, seen_); },
        [this] { return core_.state_.cancel(*this); });
  }
  // The newest version, which is newer; ChannelClosed when there will be none.
  std::uint64_t await_resume();

  Reply cancel_wait(std::vector<FutureCore*> & futures) noexcept override;
  std::string describe_wait() const override { return core_.describe(); }

 private:
  WatchCore& core_;
  const std::uint64_t seen_;
};

template <class T>
class WatchReceiver {
 public:
  class Changed;

  explicit WatchReceiver(Ref<WatchCore> core) noexcept : core_(std::move(core)), seen_(core_->state().version()) {}
  WatchReceiver(WatchReceiver&& other) noexcept : core_(std::move(other.core_)), seen_(other.seen()) {}
  WatchReceiver& operator=(WatchReceiver&& other) noexcept {
    core_ = std::move(other.core_);
    see(other.seen());
    return *this;
  }

  // Awaited: until there is a value that it has not seen, which then counts as seen.
  Changed changed() noexcept { return Changed(*this); }
  bool has_changed() const noexcept { return core_->state().version() != seen(); }
  // A copy of the newest value, which counts as seen.
  T get_and_update() {
    std::uint64_t version = 0;
    const Ref<Counted> item = core_->state().read(version);
    T copy = CountedValue<T>::of(*item);
    see(version);
    return copy;
  }
  // A copy of the newest value; nothing counts as seen.
  T get() const {
    return borrow([](const T& value) { return value; });
  }
  // What callable(value) gives, by value; nothing counts as seen.
  template <class Callable>
  auto borrow(Callable&& callable) const {
    std::uint64_t version = 0;
    const Ref<Counted> item = core_->state().read(version);
    return std::forward<Callable>(callable)(CountedValue<T>::of(*item));
  }
  // A copy of the first value for which predicate(value) is true, which counts as seen; it is asked of the present one at once.
  template <class Predicate>
  Coro<T> wait_for(Predicate predicate) {
    for (;;) {
      std::uint64_t version = 0;
      {
        const Ref<Counted> item = core_->state().read(version);
        const T& value = CountedValue<T>::of(*item);
        if (predicate(value)) {
          T copy = value;
          see(version);
          co_return copy;
        }
      }
      co_await WatchCore::Newer(*core_, version);
    }
  }
  // "<Watch version 3, 2 waiting>"
  std::string describe() const { return core_->describe(); }

 private:
  std::uint64_t seen() const noexcept { return seen_.load(std::memory_order_relaxed); }
  void see(std::uint64_t version) noexcept { seen_.store(version, std::memory_order_relaxed); }

  Ref<WatchCore> core_;
  // seen_: the version that was seen last. Written and read by the tasks that use the receiver. relaxed: the state's version orders what is seen.
  std::atomic<std::uint64_t> seen_;
};

template <class T>
class [[nodiscard("co_await receiver.changed()")]] WatchReceiver<T>::Changed final : public WatchCore::Newer {
 public:
  explicit Changed(WatchReceiver & receiver) noexcept
      : WatchCore::Newer(*receiver.core_, receiver.seen()), receiver_(receiver) {}
  Changed(Changed &&) noexcept = default;
  void await_resume() { receiver_.see(WatchCore::Newer::await_resume()); }

 private:
  WatchReceiver& receiver_;
};

template <class T>
class Watch {
 public:
  // The name is for describe() and call graphs.
  explicit Watch(T initial, Name name = {})
      : core_(make_counted<WatchCore>(counted(std::move(initial)), std::move(name))) {}
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() { core_->close(); }

  void set(T value) { core_->publish(counted(std::move(value))); }
  // change(value) of a copy, which then replaces the value. Once more, with a newer one, when somebody else has set it meanwhile.
  template <class Change>
  void modify(Change change) {
    for (bool changed = false; !changed;) {
      std::uint64_t version = 0;
      const Ref<Counted> item = core_->state().read(version);
      auto next = make_counted<CountedValue<T>>(CountedValue<T>::of(*item));
      change(next->value);
      changed = core_->publish(Ref<Counted>::taking(next.release()), version);
    }
  }
  // A copy.
  T get() const {
    return borrow([](const T& value) { return value; });
  }
  // What callable(value) gives, by value.
  template <class Callable>
  auto borrow(Callable&& callable) const {
    std::uint64_t version = 0;
    const Ref<Counted> item = core_->state().read(version);
    return std::forward<Callable>(callable)(CountedValue<T>::of(*item));
  }
  // What is there now counts as seen.
  WatchReceiver<T> subscribe() const { return WatchReceiver<T>(core_); }
  // The value stays; it is the last one.
  void close() noexcept { core_->close(); }
  bool closed() const noexcept { return core_->state().closed(); }
  // "<Watch version 3, 2 waiting>"
  std::string describe() const { return core_->describe(); }

 private:
  static Ref<Counted> counted(T value) { return Ref<Counted>::taking(new CountedValue<T>(std::move(value))); }

  const Ref<WatchCore> core_;
};

}  // namespace weft
