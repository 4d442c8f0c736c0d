#pragma once
// basic_queue: what Queue, PriorityQueue and LifoQueue have in common, in everything but the order of their items.
//
//   asyncio   asyncio.Queue
//   order     of those that wait: first come, first served. One that was woken looks again: a put_nowait() or get_nowait() in between is faster,
//             and it goes to the end of the line.
//   cancel    of one who waits: nothing was put or got; what it was woken for goes to the next one. put() owns its item, which goes with it; put_from()
//             and put_many() leave with the caller what was not put.
//   errors    ValueError: more task_done() than items; a maxsize above 2^60 - 1. QueueFull, QueueEmpty: the nowait forms. QueueShutDown: everything
//             that puts after shutdown(), and what gets when the last item has gone.
//   threads   every member from any task of the loop; those that await nothing from any thread.
//   memory    what was done before a put is seen behind the get of its item, what was done before task_done() behind join().
//   cost      see the class.
//   life      outlives those that wait.

#include <algorithm>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weft/primitives/name.h"
#include "weft/primitives/queue_errors.h"
#include "weft/primitives/queue_state.h"
#include "weft/primitives/queue_texts.h"
#include "weft/primitives/stored_item.h"
#include "weft/primitives/waiting_task.h"

namespace weft {

// Items: FifoItems or LockedItems, of StoredItem<T>.
template <class T, class Items>
class BasicQueue {
  using Item = StoredItem<T>;

 public:
  template <class Kept>
  class Putting;
  using Put = Putting<Item>;
  using PutFrom = Putting<T&>;
  class PutMany;
  class Get;
  class GetMany;
  class Join;
  // What refers to the caller's objects, and the forms for many, need items whose move cannot throw; the others take any.
  static constexpr bool kMovesInPlace = std::is_nothrow_move_constructible_v<T>;

  BasicQueue(const BasicQueue&) = delete;
  BasicQueue& operator=(const BasicQueue&) = delete;

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

  // An item that was got was worked on; so many of them.
  void task_done(std::uint64_t count = 1);
  // Awaited: every item that was put was worked on.
  Join join() noexcept { return Join(*this); }
  // Nobody puts any more. Those that get have what is there; `immediate`: that goes at once, and counts as done.
  void shutdown(bool immediate = false);

  // Snapshots. maxsize() is what the queue was made with.
  std::uint64_t qsize() const { return state_.size(); }
  bool empty() const { return qsize() == 0; }
  bool full() const { return state_.size() >= state_.most(); }
  std::int64_t maxsize() const noexcept { return maxsize_; }
  // "<Queue maxsize=8 size=3 getters=2 unfinished=5>"
  std::string describe() const;

 protected:
  template <class... Args>
  BasicQueue(const char* type, std::int64_t maxsize, Name name, Args&&... args)
      : state_(QueueTexts::checked_size(maxsize, Items::kMost), std::forward<Args>(args)...),
        maxsize_(maxsize),
        type_(type),
        name_(std::move(name)) {}
  ~BasicQueue() = default;

 private:
  using State = QueueState<Items, WaitingTask>;
  template <class Derived>
  class Operation;

  // Who is woken is told.
  template <class Source>
  Turnout put_now(Source* item);
  Turnout get_now(std::optional<Item>& item);
  static T unpack(Item&& item) { return T(std::move(*item)); }

  mutable State state_;
  const std::int64_t maxsize_;
  const char* const type_;
  const Name name_;
};

// One that may wait, and looks again when it was woken. Derived::look() does what is to be done; false: it cannot be done now. Derived::kGets: its line.
template <class T, class Items>
template <class Derived>
class BasicQueue<T, Items>::Operation : public WaitingTask {
 public:
  Operation(Operation&&) noexcept = default;
  ~Operation() { give_up(); }

  bool await_ready() { return self().look(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, Derived::kWhat, [this] { return look_or_queue(); }, [this] { cancel(); });
  }
  bool wait_again(PromiseBase& promise) noexcept override {
    was_queued();
    return suspend_again(
        promise, [this] { return look_or_queue(); }, [this] { cancel(); });
  }

  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override {
    return cancel() ? Reply::cut_short : Reply::too_late;
  }
  std::string describe_wait() const override { return queue_.describe(); }

 protected:
  explicit Operation(BasicQueue& queue) noexcept : queue_(queue) {}

  // Behind the wait: throws what there is to throw.
  void finish() {
    const bool thrown = take_throw();
    give_up();
    if (thrown) throw_cancelled();
    if (error_ != nullptr) [[unlikely]]
      std::rethrow_exception(error_);
    if (turnout_ == Turnout::shut_down) [[unlikely]]
      QueueTexts::refuse_shut_down(queue_.describe());
  }
  bool ends_with(Turnout turnout) noexcept {
    turnout_ = turnout;
    return turnout != Turnout::blocked;
  }
  State& state() noexcept { return queue_.state_; }

  BasicQueue& queue_;

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
template <class T, class Items>
template <class Kept>
class [[nodiscard("co_await queue.put(item)")]] BasicQueue<T, Items>::Putting final : public Operation<Putting<Kept>> {
 public:
  static constexpr bool kGets = false;
  static constexpr const char* kWhat = "Queue.put";
  Putting(BasicQueue & queue, Kept && item) noexcept : Operation<Putting>(queue), item_(std::forward<Kept>(item)) {}

  bool look() { return this->ends_with(this->queue_.put_now(&item_)); }
  void await_resume() { this->finish(); }

 private:
  Kept item_;
};

template <class T, class Items>
class [[nodiscard("co_await queue.put_many(items)")]] BasicQueue<T, Items>::PutMany final : public Operation<PutMany> {
 public:
  static constexpr bool kGets = false;
  static constexpr const char* kWhat = "Queue.put_many";
  PutMany(BasicQueue & queue, std::vector<T> & items) noexcept : Operation<PutMany>(queue), items_(items) {}

  bool look() {
    IntrusiveList<WaitingTask> woken;
    const Moved moved = this->state().put_many(items_.data() + put_, items_.size() - put_, woken);
    put_ += moved.count;
    WaitingTask::wake_all(woken);
    if (put_ == items_.size()) return this->ends_with(Turnout::done);
    return moved.turnout == Turnout::shut_down && this->ends_with(moved.turnout);
  }
  void await_resume() {
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(put_));
    this->finish();
  }

 private:
  std::vector<T>& items_;
  std::size_t put_ = 0;
};

template <class T, class Items>
class [[nodiscard("co_await queue.get()")]] BasicQueue<T, Items>::Get final : public Operation<Get> {
 public:
  static constexpr bool kGets = true;
  static constexpr const char* kWhat = "Queue.get";
  explicit Get(BasicQueue & queue) noexcept : Operation<Get>(queue) {}

  bool look() { return this->ends_with(this->queue_.get_now(item_)); }
  T await_resume() {
    this->finish();
    return unpack(std::move(*item_));
  }

 private:
  std::optional<Item> item_;
};

template <class T, class Items>
class [[nodiscard("co_await queue.get_many(most)")]] BasicQueue<T, Items>::GetMany final : public Operation<GetMany> {
 public:
  static constexpr bool kGets = true;
  static constexpr const char* kWhat = "Queue.get_many";
  GetMany(BasicQueue & queue, std::size_t most) noexcept : Operation<GetMany>(queue), most_(most) {}

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

template <class T, class Items>
class [[nodiscard("co_await queue.join()")]] BasicQueue<T, Items>::Join final : public WaitingTask {
 public:
  explicit Join(BasicQueue & queue) noexcept : queue_(queue) {}
  Join(Join &&) noexcept = default;
  ~Join() { give_up(); }

  bool await_ready() const { return queue_.state_.unfinished() == 0; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, "Queue.join", [this] { return !queue_.state_.queue_joiner(*this); },
        [this] { queue_.state_.cancel_joiner(*this); });
  }
  void await_resume() {
    give_up();
    if (take_throw()) throw_cancelled();
  }

  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override {
    return queue_.state_.cancel_joiner(*this) ? Reply::cut_short : Reply::too_late;
  }
  std::string describe_wait() const override { return queue_.describe(); }

 private:
  void give_up() {
    if (was_queued()) queue_.state_.joiner_gives_up(*this);
  }
  BasicQueue& queue_;
};

template <class T, class Items>
template <class Source>
Turnout BasicQueue<T, Items>::put_now(Source* item) {
  WaitingTask* woken = nullptr;
  const Turnout turnout = state_.put(item, woken);
  if (woken != nullptr) [[unlikely]]
    woken->wake();
  return turnout;
}

template <class T, class Items>
Turnout BasicQueue<T, Items>::get_now(std::optional<Item>& item) {
  WaitingTask* woken = nullptr;
  const Turnout turnout = state_.get([&item](Item&& got) { item.emplace(std::move(got)); }, woken);
  if (woken != nullptr) [[unlikely]]
    woken->wake();
  return turnout;
}

template <class T, class Items>
bool BasicQueue<T, Items>::try_put(T&& item) {
  Turnout turnout;
  if constexpr (Item::kInPlace) {
    turnout = put_now(&item);
  } else {
    Item stored(std::move(item));
    turnout = put_now(&stored);
    if (turnout == Turnout::blocked || turnout == Turnout::shut_down) item = std::move(*stored);
  }
  if (turnout == Turnout::shut_down) QueueTexts::refuse_shut_down(describe());
  return turnout != Turnout::blocked;
}

template <class T, class Items>
void BasicQueue<T, Items>::put_nowait(T&& item) {
  if (!try_put(std::move(item))) QueueTexts::refuse_full(describe());
}

template <class T, class Items>
std::optional<T> BasicQueue<T, Items>::try_get() {
  std::optional<Item> item;
  const Turnout turnout = get_now(item);
  if (turnout == Turnout::shut_down) QueueTexts::refuse_shut_down(describe());
  if (!item) return std::nullopt;
  return unpack(std::move(*item));
}

template <class T, class Items>
T BasicQueue<T, Items>::get_nowait() {
  std::optional<Item> item;
  const Turnout turnout = get_now(item);
  if (turnout == Turnout::shut_down) QueueTexts::refuse_shut_down(describe());
  if (!item) QueueTexts::refuse_empty(describe());
  return unpack(std::move(*item));
}

template <class T, class Items>
void BasicQueue<T, Items>::task_done(std::uint64_t count) {
  IntrusiveList<WaitingTask> woken;
  if (!state_.task_done(count, woken)) QueueTexts::refuse_done(count, state_.unfinished());
  WaitingTask::wake_all(woken);
}

template <class T, class Items>
void BasicQueue<T, Items>::shutdown(bool immediate) {
  IntrusiveList<WaitingTask> woken;
  state_.shut_down(immediate, woken);
  WaitingTask::wake_all(woken);
}

template <class T, class Items>
std::string BasicQueue<T, Items>::describe() const {
  return QueueTexts::describe(name_.opening(type_),
                              {.maxsize = maxsize_ <= 0 ? 0 : static_cast<std::uint64_t>(maxsize_),
                               .size = state_.size(),
                               .getters = state_.getters(),
                               .putters = state_.putters(),
                               .unfinished = state_.unfinished(),
                               .shut_down = state_.is_shut_down()});
}

}  // namespace weft
