#pragma once
// once_cell: a value that the first who needs it makes, for all.
//
//   asyncio   none: a Future that the first caller fills. `Connection& it = co_await cell.get_or_init(connect);`
//   order     first come, first served: the first caller's initialiser runs, in its task, and the others wait for it.
//   fails     an initialiser that throws or is cancelled: its caller gets the error, and the next one that waits runs its own.
//   cancel    of one who waits: it leaves the line; a turn that it was given goes to the next one.
//   errors    what the initialiser throws, or the move of its value. RuntimeError: set() of a cell that has a value or gets one.
//             An initialiser that awaits its own cell waits for ever, until it is cancelled.
//   threads   every member from any task of the loop; get(), set(), try_set() and initialised() from any thread.
//   memory    what was done to make the value is seen by whoever gets it.
//   cost      where there is a value: one load, and nothing is allocated. Else the frame of a coroutine, and that of the initialiser.
//   life      outlives those that wait, and gives references that live as long as it does.

#include <coroutine>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "weft/primitives/holder.h"
#include "weft/primitives/name.h"
#include "weft/primitives/once_cell_state.h"
#include "weft/primitives/waiting_task.h"
#include "weft/runtime/flow/in_frame.h"
#include "weft/runtime/task/coro.h"
#include "weft/runtime/task/result.h"

namespace weft {

// What all cells have, whatever their value.
class OnceCellBase {
 public:
  OnceCellBase(const OnceCellBase&) = delete;
  OnceCellBase& operator=(const OnceCellBase&) = delete;

  bool initialised() const noexcept { return state_.is_set(); }
  // "<OnceCell initialising, 2 waiting>", "<OnceCell initialised>", "<OnceCell empty>"
  std::string describe() const;

 protected:
  // The turn to make the value, until finish() or its end.
  class Turn;
  class AwaitTurn;

  explicit OnceCellBase(Name name) noexcept : name_(std::move(name)) {}
  ~OnceCellBase() = default;
  bool try_begin() noexcept { return state_.try_begin(); }
  [[noreturn]] void refuse() const;

 private:
  void finish() noexcept;
  void give_up() noexcept;
  void withdraw(WaitingTask& place) noexcept;

  mutable OnceCellState<WaitingTask> state_;
  Holder maker_;
  const Name name_;
};

class [[nodiscard]] OnceCellBase::Turn {
 public:
  explicit Turn(OnceCellBase* cell) noexcept : cell_(cell) {}
  Turn(Turn&& other) noexcept : cell_(std::exchange(other.cell_, nullptr)) {}
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    if (cell_ != nullptr) cell_->give_up();
  }
  // False: there is a value.
  explicit operator bool() const noexcept { return cell_ != nullptr; }
  // The value is there.
  void finish() noexcept { std::exchange(cell_, nullptr)->finish(); }

 private:
  OnceCellBase* cell_;
};

// Awaited: a Turn, which is empty when somebody else has made the value.
class OnceCellBase::AwaitTurn final : public WaitingTask {
 public:
  explicit AwaitTurn(OnceCellBase& cell) noexcept : cell_(cell) {}
  ~AwaitTurn() {
    if (was_queued()) cell_.withdraw(*this);
  }

  bool await_ready() noexcept { return cell_.state_.try_begin(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, "OnceCell.get_or_init", [this] { return cell_.state_.begin_or_queue(*this); },
        [this] { return cell_.state_.cancel(*this); });
  }
  Turn await_resume() {
    const bool queued = was_queued();
    if (take_throw()) [[unlikely]] {
      if (queued) cell_.withdraw(*this);
      throw_cancelled();
    }
    if (cell_.initialised()) return Turn(nullptr);
    cell_.maker_.is_current();
    return Turn(&cell_);
  }

  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override {
    return cell_.state_.cancel(*this) ? Reply::cut_short : Reply::too_late;
  }
  std::string describe_wait() const override { return cell_.describe(); }
  // Which is the task that makes the value.
  Identity holder() const noexcept override {
    return cell_.state_.is_being_made() ? cell_.maker_.identity() : Identity();
  }

 private:
  OnceCellBase& cell_;
};

template <class T>
class OnceCell final : public OnceCellBase {
  static_assert(std::is_object_v<T>, "a OnceCell holds a value: for none an Event will do, for a reference a pointer");

 public:
  template <class Initialise>
  class GetOrInit;

  // The name is for describe() and call graphs.
  explicit OnceCell(Name name = {}) noexcept : OnceCellBase(std::move(name)) {}
  ~OnceCell() {
    if (initialised()) room_.destroy();
  }

  // Awaited: T&. Where there is no value and nobody makes one, it is what the coroutine gives that `initialise()` makes.
  template <class Initialise>
  GetOrInit<std::decay_t<Initialise>> get_or_init(Initialise&& initialise) {
    static_assert(std::is_same_v<std::invoke_result_t<std::decay_t<Initialise>&>, Coro<T>>,
                  "get_or_init takes a callable without parameters that gives a Coro of the cell's type");
    check_in_frame<Initialise>();
    return GetOrInit<std::decay_t<Initialise>>(*this, std::forward<Initialise>(initialise));
  }
  // Null: there is none.
  T* get() noexcept { return initialised() ? &room_.get() : nullptr; }
  const T* get() const noexcept { return initialised() ? &room_.get() : nullptr; }
  void set(T value) {
    if (!try_set(std::move(value))) refuse();
  }
  // False: there is a value, or one is being made.
  bool try_set(T value) {
    if (!try_begin()) return false;
    Turn turn(this);
    room_.construct(std::move(value));
    turn.finish();
    return true;
  }

 private:
  template <class Initialise>
  static Coro<T&> make(OnceCell& cell, Initialise initialise) {
    Turn turn = co_await AwaitTurn(cell);
    if (turn) {
      Coro<T> made = std::invoke(initialise);
      cell.room_.construct(co_await std::move(made));
      turn.finish();
    }
    co_return cell.room_.get();
  }

  mutable Room<T> room_;  // a value when initialised(); written by who has the turn
};

// Runs a coroutine only where there is no value.
template <class T>
template <class Initialise>
class [[nodiscard("co_await cell.get_or_init(...)")]] OnceCell<T>::GetOrInit {
 public:
  template <class Given>
  GetOrInit(OnceCell & cell, Given && initialise) : cell_(cell), initialise_(std::forward<Given>(initialise)) {}
  // Not while it is awaited.
  GetOrInit(GetOrInit && other) : cell_(other.cell_), initialise_(std::move(other.initialise_)) {}

  bool await_ready() const noexcept { return cell_.initialised(); }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> awaiting) {
    made_.emplace(make(cell_, std::move(initialise_)).release());
    return made_->await_suspend(awaiting);
  }
  T& await_resume() { return made_ ? made_->await_resume() : cell_.room_.get(); }

 private:
  OnceCell& cell_;
  Initialise initialise_;
  std::optional<typename Coro<T&>::Awaiter> made_;
};

}  // namespace weft
