#pragma once
// broadcast: every receiver sees every item that is sent while it is there.
//
//   asyncio   none; as a Queue for each receiver that holds the newest items only.
//             `async for item in receiver:` is `while (auto item = co_await receiver.next())`.
//   order     the items come in one order, the same for all. send() never waits: the oldest item of a full ring is overwritten.
//   cancel    of one who waits takes nothing: the next get() has the item.
//   errors    ValueError: a capacity below 1 or above kMostCapacity. Lagged: items were overwritten before the receiver got them; thrown once,
//             then it goes on at the oldest one that is there. ChannelClosed: send() after close(); get() then, when all was got. QueueEmpty:
//             get_nowait(). RuntimeError: the item that a task was woken for went to another task at the same receiver.
//             When T's copy throws, the receiver gets the item again.
//   threads   every member from any thread, the awaited ones from any task of the loop; one receiver is for one task at a time, and is moved or
//             destroyed while nobody uses it.
//   memory    what was done before send() is seen behind get().
//   cost      send() allocates one object; send() and get() are one guarded operation each, and items are copied outside of it.
//   life      the ring keeps the last `capacity` items, though all have got them. Receivers may outlive the broadcast; a receiver outlives
//             those that wait at it. A receiver that was moved from can be assigned to or destroyed.

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "weft/primitives/broadcast_state.h"
#include "weft/primitives/channel_closed.h"
#include "weft/primitives/counted_value.h"
#include "weft/primitives/name.h"
#include "weft/primitives/queue_errors.h"
#include "weft/primitives/waiting_task.h"

namespace weft {

// A receiver came too late for some items.
class Lagged : public RuntimeError {
 public:
  Lagged(std::uint64_t missed, std::size_t capacity);
  std::uint64_t missed() const noexcept { return missed_; }

 private:
  std::uint64_t missed_;
};

// What a broadcast and its receivers share.
class BroadcastCore final : public Counted {
 public:
  using State = BroadcastState<Counted, WaitingTask>;
  class Take;  // the wait for an item
  static constexpr std::int64_t kMostCapacity = std::numeric_limits<std::int64_t>::max() / sizeof(void*);

  BroadcastCore(std::int64_t capacity, Name name);

  std::size_t send(Ref<Counted> item);
  void close() noexcept;
  // Throws unless there is an item.
  const Counted& use(const State::Taken& taken) const;
  State& state() noexcept { return state_; }
  std::string describe();

 private:
  State state_;
  const Name name_;
};

class [[nodiscard("co_await receiver.get()")]] BroadcastCore::Take : public WaitingTask {
 public:
  Take(BroadcastCore & core, State::Cursor & cursor) noexcept : core_(core), cursor_(cursor) {}
  Take(Take && other) noexcept : core_(other.core_), cursor_(other.cursor_) {}
  ~Take();

  bool await_ready() noexcept {
    taken_ = core_.state_.take(cursor_);
    return taken_.found != State::Found::nothing;
  }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    const auto take_or_queue = [this] {
      taken_ = core_.state_.take_or_queue(cursor_, *this);
      return taken_.found != State::Found::nothing;
    };
    return suspend(awaiting, "BroadcastReceiver.get", take_or_queue, [this] { return core_.state_.cancel(*this); });
  }

  Reply cancel_wait(std::vector<FutureCore*> & futures) noexcept override;
  std::string describe_wait() const override { return core_.describe(); }

 protected:
  // In await_resume: what was found, once.
  State::Taken take();
  BroadcastCore& core() const noexcept { return core_; }
  State::Cursor& cursor() const noexcept { return cursor_; }

 private:
  BroadcastCore& core_;
  State::Cursor& cursor_;
  State::Taken taken_;
};

template <class T>
class BroadcastReceiver {
 public:
  class Get;
  class Next;

  explicit BroadcastReceiver(Ref<BroadcastCore> core) noexcept : core_(std::move(core)) {
    core_->state().subscribe(cursor_);
  }
  BroadcastReceiver(BroadcastReceiver&& other) noexcept : core_(std::move(other.core_)), cursor_(other.cursor_) {}
  BroadcastReceiver& operator=(BroadcastReceiver other) noexcept {
    std::swap(core_, other.core_);
    std::swap(cursor_, other.cursor_);
    return *this;
  }
  ~BroadcastReceiver() {
    if (core_) core_->state().unsubscribe();
  }

  // Awaited: a copy of the next item.
  Get get() noexcept { return Get(*core_, cursor_); }
  // The same, and empty when there will be none.
  Next next() noexcept { return Next(*core_, cursor_); }
  T get_nowait() { return copy(*core_, cursor_, core_->state().take(cursor_)); }
  // How many items get() would give without waiting.
  std::size_t qsize() const noexcept { return static_cast<std::size_t>(core_->state().size(cursor_)); }
  bool empty() const noexcept { return qsize() == 0; }
  // "<Broadcast capacity 16, 2 receivers, 1 waiting>"
  std::string describe() const { return core_->describe(); }

 private:
  using State = BroadcastCore::State;
  // Throws when there is none; gives it back when its copy throws.
  static T copy(BroadcastCore& core, State::Cursor& cursor, const State::Taken& taken) {
    const Counted& item = core.use(taken);
    try {
      return CountedValue<T>::of(item);
    } catch (...) {
      core.state().put_back(cursor, taken.position);
      throw;
    }
  }

  Ref<BroadcastCore> core_;
  State::Cursor cursor_;
};

template <class T>
class [[nodiscard("co_await receiver.get()")]] BroadcastReceiver<T>::Get final : public BroadcastCore::Take {
 public:
  using Take::Take;
  T await_resume() { return copy(core(), cursor(), take()); }
};

template <class T>
class [[nodiscard("co_await receiver.next()")]] BroadcastReceiver<T>::Next final : public BroadcastCore::Take {
 public:
  using Take::Take;
  std::optional<T> await_resume() {
    const State::Taken taken = take();
    if (taken.found == State::Found::closed) return std::nullopt;
    return copy(core(), cursor(), taken);
  }
};

template <class T>
class Broadcast {
 public:
  static constexpr std::int64_t kMostCapacity = BroadcastCore::kMostCapacity;

  // The name is for describe() and call graphs.
  explicit Broadcast(std::int64_t capacity, Name name = {})
      : core_(make_counted<BroadcastCore>(capacity, std::move(name))) {}
  Broadcast(const Broadcast&) = delete;
  Broadcast& operator=(const Broadcast&) = delete;
  ~Broadcast() { core_->close(); }

  // How many receivers will see it, unless they lag. Without any it is dropped.
  std::size_t send(T item) { return core_->send(Ref<Counted>::taking(new CountedValue<T>(std::move(item)))); }
  // Of what is sent from now on.
  BroadcastReceiver<T> subscribe() const { return BroadcastReceiver<T>(core_); }
  // Nothing more is sent; what is there can still be got.
  void close() noexcept { core_->close(); }
  bool closed() const noexcept { return core_->state().closed(); }
  std::size_t capacity() const noexcept { return core_->state().capacity(); }
  std::size_t receivers() const noexcept { return core_->state().receivers(); }
  // "<Broadcast capacity 16, 2 receivers, 1 waiting>"
  std::string describe() const { return core_->describe(); }

 private:
  const Ref<BroadcastCore> core_;
};

}  // namespace weft
