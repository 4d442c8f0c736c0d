#pragma once
// oneshot: one value from one sender to one receiver.
//
//   asyncio   none; as a Future whose two sides are told when the other one goes. `auto [sender, receiver] = oneshot<int>();`
//   order     send() never waits. A value that nobody will receive comes back from send().
//   cancel    of a receive loses nothing: a later one gets the value.
//   errors    ChannelClosed: a receive, when the sender went without a value, when the receiver closed before there was one, or when the
//             value was received already. InvalidStateError: a second send(). A move that throws in send() leaves the oneshot as it was; one
//             that throws as the value is received ends with it.
//   threads   every member from any thread, the awaited ones from any task of the loop; a half is moved or destroyed while nobody uses it.
//   memory    what was done before send() is seen behind receive().
//   cost      one allocation, for both halves; send() is two compare-exchanges, a receive of what is there one.
//   life      a half outlives those that wait at it; either half may go first. A value that was sent goes with the receiver. A half that was
//             moved from can be assigned to or destroyed.

#include <coroutine>
#include <optional>
#include <string>
#include <utility>

#include "weft/primitives/channel_closed.h"
#include "weft/primitives/name.h"
#include "weft/primitives/oneshot_state.h"
#include "weft/primitives/waiting_task.h"
#include "weft/runtime/base/counted.h"
#include "weft/runtime/task/result.h"

namespace weft {

// What the two halves share, but for the value.
class OneshotCore : public Counted {
 public:
  class Closed;   // the wait of a sender
  class Settled;  // and of a receiver
  using State = OneshotState<WaitingTask>;
  explicit OneshotCore(Name name) noexcept : name_(std::move(name)) {}

  // True: the value is to be made, and then published.
  bool claim();
  bool publish() noexcept;
  void abandon() noexcept;
  void close() noexcept;
  // Throws unless the value is the caller's.
  void take();
  State& state() noexcept { return state_; }
  std::string describe();

 private:
  State state_;
  const Name name_;
};

template <class T>
class OneshotRoom final : public OneshotCore {
 public:
  using OneshotCore::OneshotCore;
  Room<Stored<T>> room;  // holds a value from publish() to take(), which the receiver makes at the latest when it goes
};

class [[nodiscard("co_await sender.closed()")]] OneshotCore::Closed final : public WaitingTask {
 public:
  explicit Closed(OneshotCore & core) noexcept : core_(core) {}
  Closed(Closed &&) noexcept = default;
  ~Closed();

  bool await_ready() const noexcept { return core_.state().closed(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, "OneshotSender.closed", [this] { return !core_.state().queue_for_close(*this); },
        [this] { return core_.state().cancel_for_close(*this); });
  }
  void await_resume();

  Reply cancel_wait(std::vector<FutureCore*> & futures) noexcept override;
  std::string describe_wait() const override { return core_.describe(); }

 private:
  OneshotCore& core_;
};

class OneshotCore::Settled : public WaitingTask {
 public:
  ~Settled();

  bool await_ready() const noexcept { return core_.state().settled(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, "OneshotReceiver.receive", [this] { return !core_.state().queue(*this); },
        [this] { return core_.state().cancel(*this); });
  }

  Reply cancel_wait(std::vector<FutureCore*>& futures) noexcept override;
  std::string describe_wait() const override { return core_.describe(); }

 protected:
  explicit Settled(OneshotCore& core) noexcept : core_(core) {}
  Settled(Settled&&) noexcept = default;
  // In await_resume: throws unless the value is the caller's.
  void take();

 private:
  OneshotCore& core_;
};

template <class T>
class OneshotSender {
 public:
  explicit OneshotSender(Ref<OneshotRoom<T>> room) noexcept : room_(std::move(room)) {}
  OneshotSender(OneshotSender&&) noexcept = default;
  OneshotSender& operator=(OneshotSender other) noexcept {
    std::swap(room_, other.room_);
    return *this;
  }
  ~OneshotSender() {
    if (room_) room_->abandon();
  }

  // Empty: it was sent. Otherwise the receiver has closed or is gone, and this is the value.
  [[nodiscard("the value, when nobody will receive it")]] std::optional<Stored<T>> send() requires std::is_void_v<T> {
    Stored<T> nothing;
    return deliver(nothing);
  }
  [[nodiscard("the value, when nobody will receive it")]] std::optional<Stored<T>> send(Stored<T> value) requires(
      !std::is_void_v<T>) {
    return deliver(value);
  }
  // Has the receiver closed, or is it gone?
  bool is_closed() const noexcept { return room_->state().closed(); }
  // Awaited: until it is so.
  OneshotCore::Closed closed() noexcept { return OneshotCore::Closed(*room_); }
  // "<Oneshot empty, 1 waiting>"
  std::string describe() const { return room_->describe(); }

 private:
  std::optional<Stored<T>> deliver(Stored<T>& value) {
    if (!room_->claim()) return std::move(value);
    try {
      room_->room.construct(std::move(value));
    } catch (...) {
      room_->state().unclaim();
      throw;
    }
    if (room_->publish()) return std::nullopt;
    struct Destroys {
      Room<Stored<T>>& room;
      ~Destroys() { room.destroy(); }
    } const destroys{room_->room};
    return std::move(room_->room.get());
  }
  Ref<OneshotRoom<T>> room_;
};

template <class T>
class OneshotReceiver {
 public:
  class Receive;

  explicit OneshotReceiver(Ref<OneshotRoom<T>> room) noexcept : room_(std::move(room)) {}
  OneshotReceiver(OneshotReceiver&&) noexcept = default;
  OneshotReceiver& operator=(OneshotReceiver other) noexcept {
    std::swap(room_, other.room_);
    return *this;
  }
  ~OneshotReceiver() {
    if (!room_) return;
    room_->close();
    if (room_->state().take() == OneshotCore::State::Received::value) room_->room.destroy();
  }

  // Awaited: the value. `co_await receiver` is the same.
  Receive receive() noexcept { return Receive(*room_); }
  Receive operator co_await() noexcept { return receive(); }
  // Nothing can be sent any more; what was sent before can still be received.
  void close() noexcept { room_->close(); }
  // "<Oneshot empty, 1 waiting>"
  std::string describe() const { return room_->describe(); }

 private:
  Ref<OneshotRoom<T>> room_;
};

template <class T>
class [[nodiscard("co_await receiver.receive()")]] OneshotReceiver<T>::Receive final : public OneshotCore::Settled {
 public:
  explicit Receive(OneshotRoom<T> & room) noexcept : OneshotCore::Settled(room), room_(room) {}
  Receive(Receive &&) noexcept = default;
  T await_resume() {
    this->take();
    struct Destroys {
      Room<Stored<T>>& room;
      ~Destroys() { room.destroy(); }
    } const destroys{room_.room};
    if constexpr (std::is_void_v<T>) {
      return;
    } else if constexpr (std::is_reference_v<T>) {
      return room_.room.get().get();
    } else {
      return std::move(room_.room.get());
    }
  }

 private:
  OneshotRoom<T>& room_;
};

template <class T>
struct Oneshot {
  OneshotSender<T> sender;
  OneshotReceiver<T> receiver;
};

// The name is for describe() and call graphs.
template <class T>
Oneshot<T> oneshot(Name name = {}) {
  auto room = make_counted<OneshotRoom<T>>(std::move(name));
  return {OneshotSender<T>(room), OneshotReceiver<T>(room)};
}

}  // namespace weft
