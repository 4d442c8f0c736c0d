#pragma once
// queue_core: the items of queues and channels, and the operations on them; what they say of themselves is their own.
//
//   asyncio   the part of asyncio.Queue that puts and gets.
//   order     of those that wait: first come, first served. One that was woken looks again: a put_nowait() or get_nowait() in between is faster,
//             and it goes to the end of the line.
//   cancel    of one who waits: nothing was put or got; what it was woken for goes to the next one. put() owns its item, which goes with it; put_from()
//             and put_many() leave with the caller what was not put.
//   errors    those of Texts: the nowait forms, and everything that puts after the end, or gets when the last item has gone. RuntimeError: a wait to
//             put, or to get, where tasks of another loop have waited to do the same.
//   threads   every member from any task of the loop; those that await nothing from any thread.
//   memory    what was done before a put is seen behind the get of its item.
//   life      outlives those that wait.

#include <algorithm>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/primitives/queue_state.h"
#include "weft/primitives/stored_item.h"
#include "weft/primitives/waiting_task.h"

namespace weft {

// Items: FifoItems or LockedItems, of StoredItem<T>. Texts: as QueueTexts. Kind: the class derived from this, which has describe().
template <class T, class Items, class Texts, class Kind>
class QueueCore {
 protected:
  using Item = StoredItem<T>;
  using State = QueueState<Items, WaitingTask>;
  template <class Derived>
  class Operation;
  template <class Kept>
  class Putting;
  template <class Result>
  class Getting;

 public:
  using Put = Putting<Item>;
  using PutFrom = Putting<T&>;
  class PutMany;
  using Get = Getting<T>;
  using Next = Getting<std::optional<T>>;
  class GetMany;
  // What refers to the caller's objects, and the forms for many, need items whose move cannot throw; the others take any.
  static constexpr bool kMovesInPlace = std::is_nothrow_move_constructible_v<T>;

  QueueCore(const QueueCore&) = delete;
  QueueCore& operator=(const QueueCore&) = delete;

  // Awaited: the item is in the queue.
  Put put(T item) { return Put(*this, Item(std::move(item))); }
  // The same for the caller's object, which is moved from only when it is put: after a cancel or an error it is as before.
  PutFrom put_from(T& item) noexcept requires(kMovesInPlace) { return PutFrom(*this, item); }
  // Awaited: all are in the queue, in their order, and `items` is empty; after a cancel or an error it has those that were not put.
  PutMany put_many(std::vector<T>& items) noexcept requires(kMovesInPlace) { return PutMany(*this, items); }
  // Awaited: an item.
  Get get() noexcept { return Get(*this); }
  // Awaited: at least one item, and up to `most` of those that are there.
  GetMany get_many(std::size_t most) noexcept requires(kMovesInPlace) { return GetMany(*this, most); }

  // A refused item stays the caller's.
  void put_nowait(T&& item);
  void put_nowait(const T& item) { put_nowait(T(item)); }
  // False: it is full, and the item stays the caller's.
  bool try_put(T&& item);
  T get_nowait();
  // None: it is empty.
  std::optional<T> try_get();

  // A snapshot.
  std::uint64_t qsize() const { return state_.size(); }

 protected:
  template <class... Args>
  explicit QueueCore(Args&&... args) : state_(std::forward<Args>(args)...) {}
  ~QueueCore() = default;

  // Awaited: an item, or none when there will be none.
  Next next() noexcept { return Next(*this); }
  // Nobody puts any more, and those that wait are told. `drop`: the items that are there go.
  void end(bool drop) {
    IntrusiveList<WaitingTask> woken;
    state_.shut_down(drop, woken);
    WaitingTask::wake_all(woken);
  }
  State& state() const noexcept { return state_; }

 private:
  // Who is woken is told.
  template <class Source>
  Turnout put_now(Source* item);
  Turnout get_now(std::optional<Item>& item);
  static T unpack(Item&& item) { return T(std::move(*item)); }
  std::string described() const { return static_cast<const Kind&>(*this).describe(); }

  mutable State state_;
};

// One that may wait, and looks again when it was woken. Derived::look() does what is to be done; false: it cannot be done now. Derived::kGets: its line.
template <class T, class Items, class Texts, class Kind>
template <class Derived>
class QueueCore<T, Items, Texts, Kind>::Operation : public WaitingTask {
 public:
  Operation(Operation&&) noexcept = default;
  ~Operation() { give_up(); }

  bool await_ready() { return self().look(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, Derived::kWhat, [this] { return look_or_queue(); }, [this] { return cancel(); });
  }
  bool wait_again(PromiseBase& promise) noexcept override {
    was_queued();
    return suspend_again(
        promise, [this] { return look_or_queue(); }, [this] { return cancel(); });
  }

  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override {
    return cancel() ? Reply::cut_short : Reply::too_late;
  }
  std::string describe_wait() const override { return queue_.described(); }

 protected:
  explicit Operation(QueueCore& queue) noexcept : queue_(queue) {}

  // Behind the wait: throws what there is to throw.
  void finish() {
    if (!finish_or_end()) [[unlikely]]
      Texts::refuse_shut_down(queue_.described());
  }
  // The same, but for the end. False: nothing comes any more.
  bool finish_or_end() {
    const bool thrown = take_throw();
    give_up();
    if (thrown) throw_cancelled();
    if (error_ != nullptr) [[unlikely]]
      std::rethrow_exception(error_);
    return turnout_ != Turnout::shut_down;
  }
  bool ends_with(Turnout turnout) noexcept {
    turnout_ = turnout;
    return turnout != Turnout::blocked;
  }
  State& state() noexcept { return queue_.state_; }

  QueueCore& queue_;

 private:
  Derived& self() noexcept { return static_cast<Derived&>(*this); }
  bool queue() {
    if constexpr (Derived::kGets) return state().queue_getter(*this);
    return state().queue_putter(*this);
  }
  bool cancel() noexcept {
    if constexpr (Derived::kGets) return state().cancel_getter(*this);
    return state().cancel_putter(*this);
  }
  // It was in the line, and did nothing since it was woken, if it was.
  void give_up() {
    if (!was_queued()) return;
    WaitingTask* woken = Derived::kGets ? state().getter_gives_up(*this) : state().putter_gives_up(*this);
    if (woken != nullptr) woken->wake();
  }
  bool look_or_queue() noexcept {
    try {
      for (;;) {
        if (queue()) {
          task()->ask_again();
          return false;
        }
        if (self().look()) return true;
      }
    } catch (...) {  // for want of memory, or by a comparison
      error_ = std::current_exception();
      return true;
    }
  }

  std::exception_ptr error_;
  Turnout turnout_ = Turnout::done;
};

// Kept: the item itself, or a reference to the caller's.
template <class T, class Items, class Texts, class Kind>
template <class Kept>
class [[nodiscard("co_await queue.put(item)")]] QueueCore<T, Items, Texts, Kind>::Putting final
    : public Operation<Putting<Kept>> {
 public:
  static constexpr bool kGets = false;
  static constexpr const char* kWhat = Texts::kPut;
  Putting(QueueCore & queue, Kept && item) noexcept : Operation<Putting>(queue), item_(std::forward<Kept>(item)) {}

  bool look() { return this->ends_with(this->queue_.put_now(&item_)); }
  void await_resume() { this->finish(); }

 private:
  Kept item_;
};

template <class T, class Items, class Texts, class Kind>
class [[nodiscard("co_await queue.put_many(items)")]] QueueCore<T, Items, Texts, Kind>::PutMany final
    : public Operation<PutMany> {
 public:
  static constexpr bool kGets = false;
  static constexpr const char* kWhat = Texts::kPutMany;
  PutMany(QueueCore & queue, std::vector<T> & items) noexcept : Operation<PutMany>(queue), items_(items) {}

  bool look() {
    IntrusiveList<WaitingTask> woken;
    const Moved moved = this->state().put_many(items_.data() + put_, items_.size() - put_, woken);
    put_ += moved.count;
    WaitingTask::wake_all(woken);
    if (put_ == items_.size()) return this->ends_with(Turnout::done);
    return moved.turnout == Turnout::shut_down && this->ends_with(moved.turnout);
  }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    try {
      return Operation<PutMany>::await_suspend(awaiting);
    } catch (...) {  // the queue is another loop's
      leave_rest();
      throw;
    }
  }
  void await_resume() {
    leave_rest();
    this->finish();
  }

 private:
  void leave_rest() { items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(put_)); }

  std::vector<T>& items_;
  std::size_t put_ = 0;
};

// Result: T; or std::optional<T>, which is empty at the end instead of an error.
template <class T, class Items, class Texts, class Kind>
template <class Result>
class [[nodiscard("co_await queue.get()")]] QueueCore<T, Items, Texts, Kind>::Getting final
    : public Operation<Getting<Result>> {
 public:
  static constexpr bool kGets = true;
  static constexpr const char* kWhat = Texts::kGet;
  explicit Getting(QueueCore & queue) noexcept : Operation<Getting>(queue) {}

  bool look() { return this->ends_with(this->queue_.get_now(item_)); }
  Result await_resume() {
    if constexpr (std::is_same_v<Result, T>) {
      this->finish();
    } else if (!this->finish_or_end()) {
      return std::nullopt;
    }
    return unpack(std::move(*item_));
  }

 private:
  std::optional<Item> item_;
};

template <class T, class Items, class Texts, class Kind>
class [[nodiscard("co_await queue.get_many(most)")]] QueueCore<T, Items, Texts, Kind>::GetMany final
    : public Operation<GetMany> {
 public:
  static constexpr bool kGets = true;
  static constexpr const char* kWhat = Texts::kGetMany;
  GetMany(QueueCore & queue, std::size_t most) noexcept : Operation<GetMany>(queue), most_(most) {}

  bool look() {
    const std::uint64_t there = this->state().size();
    items_.reserve(std::min<std::uint64_t>(most_, there == 0 ? 1 : there));
    IntrusiveList<WaitingTask> woken;
    const auto take = [this](Item&& item) { items_.push_back(std::move(*item)); };
    const Moved moved = this->state().get_many(std::min(most_, items_.capacity()), take, woken);
    WaitingTask::wake_all(woken);
    return this->ends_with(moved.turnout);
  }
  std::vector<T> await_resume() {
    this->finish();
    return std::move(items_);
  }

 private:
  const std::size_t most_;
  std::vector<T> items_;
};

template <class T, class Items, class Texts, class Kind>
template <class Source>
Turnout QueueCore<T, Items, Texts, Kind>::put_now(Source* item) {
  WaitingTask* woken = nullptr;
  const Turnout turnout = state_.put(item, woken);
  if (woken != nullptr) [[unlikely]]
    woken->wake();
  return turnout;
}

template <class T, class Items, class Texts, class Kind>
Turnout QueueCore<T, Items, Texts, Kind>::get_now(std::optional<Item>& item) {
  WaitingTask* woken = nullptr;
  const Turnout turnout = state_.get([&item](Item&& got) { item.emplace(std::move(got)); }, woken);
  if (woken != nullptr) [[unlikely]]
    woken->wake();
  return turnout;
}

template <class T, class Items, class Texts, class Kind>
bool QueueCore<T, Items, Texts, Kind>::try_put(T&& item) {
  Turnout turnout;
  if constexpr (Item::kInPlace) {
    turnout = put_now(&item);
  } else {
    Item stored(std::move(item));
    turnout = put_now(&stored);
    if (turnout == Turnout::blocked || turnout == Turnout::shut_down) item = std::move(*stored);
  }
  if (turnout == Turnout::shut_down) Texts::refuse_shut_down(described());
  return turnout != Turnout::blocked;
}

template <class T, class Items, class Texts, class Kind>
void QueueCore<T, Items, Texts, Kind>::put_nowait(T&& item) {
  if (!try_put(std::move(item))) Texts::refuse_full(described());
}

template <class T, class Items, class Texts, class Kind>
std::optional<T> QueueCore<T, Items, Texts, Kind>::try_get() {
  std::optional<Item> item;
  const Turnout turnout = get_now(item);
  if (turnout == Turnout::shut_down) Texts::refuse_shut_down(described());
  if (!item) return std::nullopt;
  return unpack(std::move(*item));
}

template <class T, class Items, class Texts, class Kind>
T QueueCore<T, Items, Texts, Kind>::get_nowait() {
  std::optional<Item> item;
  const Turnout turnout = get_now(item);
  if (turnout == Turnout::shut_down) Texts::refuse_shut_down(described());
  if (!item) Texts::refuse_empty(described());
  return unpack(std::move(*item));
}

}  // namespace weft
