#pragma once
// as_completed: runs awaitables concurrently and gives them in the order in which they end.
//
//   asyncio   asyncio.as_completed(aws, *, timeout=None) as of 3.13, with both of its forms.
//   forms     as_completed(range, options) and as_completed(a, b, ...), as_completed(AsCompletedOptions{...}, a, b, ...).
//             a, b: Coro (moved), Task, Future, sleep, gather. What comes twice is waited for once.
//   async     while (Task<T> task = co_await completed.next()): the very handle that was given, or that of the task made of the coroutine; an empty
//             one at the end. Future<T> for futures; AnyFuture where kinds or types are mixed: compare it with ==.
//   sync      for (Coro<T> next : completed) use(co_await std::move(next)): each gives the next result, or throws its error.
//   starts    at once: the coroutines are scheduled as tasks by as_completed() itself, which needs a running loop.
//   errors    with a timeout, each step that is left when it has passed throws TimeoutError; what has not ended runs on.
//   cancel    a cancelled step has taken nothing: what ends next goes to another step. (asyncio drops one.) The awaitables run on.
//   threads   every member from any thread, several tasks may take from one AsCompleted. When it is dropped, and what next() and the
//             iteration gave, nothing listens to the awaitables any more.
//   cost      a few allocations in all and a frame per step.

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/base/spin_lock.h"
#include "weft/runtime/flow/delay.h"
#include "weft/runtime/flow/gather.h"

namespace weft {

struct AsCompletedOptions {
  Delay timeout = {};
};

class Arrival;

// What an as_completed, its steps and the callbacks of its awaitables share.
class CompletionState : public Timer {
 public:
  CompletionState(const CompletionState&) = delete;
  CompletionState& operator=(const CompletionState&) = delete;

  // A step of the iteration. False: each has been taken.
  [[nodiscard]] bool take_turn() noexcept;
  // A step that ends without having taken what it was for.
  void return_turn() noexcept;
  // Takes what has ended next. False: nothing yet; then wait for an Arrival. Throws TimeoutError when the time is over.
  [[nodiscard]] bool try_take(AnyFuture& future, std::size_t& index);
  Runtime* runtime() const noexcept { return runtime_; }

  void run() noexcept override;   // the timeout
  void drop() noexcept override;  // the loop is closed before it

 protected:
  explicit CompletionState(Runtime& runtime) noexcept;
  virtual ~CompletionState();
  // Those that create a state: all children first, then start(), which listens to them and schedules those that are not yet.
  void reserve(std::size_t children);
  // `fresh`: it cannot have come before. False: it has come before.
  bool add(AnyFuture child, bool fresh, NewTask&& task);
  void start(Delay timeout);
  // Nobody takes any more. Gives up the users' reference.
  void close() noexcept;

 private:
  friend class Arrival;
  struct Known;
  class Slot final : public DoneListener, public Work {
   public:
    Slot(CompletionState& state, AnyFuture future, NewTask&& new_task) noexcept
        : child(std::move(future)), task(std::move(new_task)), state_(state) {}
    // Before it listens only: for a vector that has reserved its room.
    Slot(Slot&& other) noexcept : child(std::move(other.child)), task(std::move(other.task)), state_(other.state_) {}
    void future_done(FutureCore& future) noexcept override;
    void run() noexcept override;
    void drop() noexcept override { state_.release(); }
    AnyFuture child;  // until it is taken
    NewTask task;
    bool told = false;  // under the lock, until nobody listens any more

   private:
    CompletionState& state_;
  };
  enum class TimerStage { none, set, over };

  void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  void completed(Slot& slot) noexcept;
  void stop_listening() noexcept;
  // Under the lock; true when the caller is to remove the timer afterwards.
  bool end_timer() noexcept;
  void remove_timer() noexcept;
  // False when there is something to take.
  bool enlist(Arrival& arrival) noexcept;
  // False when the arrival was told.
  bool leave(Arrival& arrival) noexcept;
  void pass_on() noexcept;
  Arrival* next_waiting() noexcept;  // under the lock

  Runtime* const runtime_;
  std::unique_ptr<Known> known_;  // while children are added
  std::vector<Slot> slots_;
  std::int64_t timeout_ = 0;
  // references_: one of the users together, one per slot that will be told, one of the timer. Written by whoever copies or drops one;
  //   acq_rel: the last one sees all uses.
  std::atomic<std::size_t> references_{1};
  SpinLock lock_;                      // over what follows
  IntrusiveList<DoneListener> ended_;  // slots that are done and not taken, in the order in which they ended
  IntrusiveList<Arrival> waiting_;
  std::size_t turns_ = 0;     // steps that are left
  std::size_t pending_ = 0;   // slots that have not told
  std::size_t timeouts_ = 0;  // steps that are to throw TimeoutError when `ended_` is empty
  std::size_t late_ = 0;      // slots that were pending when the time was over
  TimerStage timer_ = TimerStage::none;
};

// How a step waits until there is something to take, or it seemed so: somebody else may have been faster.
class Arrival : public Waiter, public ListNode {
 public:
  explicit Arrival(CompletionState& state) noexcept : state_(state) {}
  ~Arrival() {
    if (linked()) state_.leave(*this);
  }
  static bool await_ready() noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(awaiting.promise());
  }
  // A cancelled wait gives its turn back.
  void await_resume() {
    if (task_->take_throw()) [[unlikely]]
      give_up();
  }
  Reply cancel_wait(std::vector<FutureCore*>& futures) noexcept override;
  std::string describe_wait() const override { return "the next end of as_completed"; }

 private:
  friend class CompletionState;
  bool suspend(PromiseBase& awaiting);
  [[noreturn]] void give_up();

  CompletionState& state_;
  TaskCell* task_ = nullptr;
  bool told_ = false;  // under the state's lock until the task is woken
};

// Where awaitables of different results meet there is no result for a step to give.
struct DifferentResults {};

// The handle by which users know what was started, and how its result is taken.
template <class Started>
struct CompletedAs {
  using Handle = AnyFuture;
};
template <class T>
struct CompletedAs<Started<T, TypedTaskCell<T>>> {
  using Handle = Task<T>;
};
template <class T>
struct CompletedAs<Started<T, PlainFutureCore<T>>> {
  using Handle = Future<T>;
};

template <class Handle>
Handle completed_handle(AnyFuture future) {
  if constexpr (std::is_same_v<Handle, AnyFuture>) {
    return future;
  } else if constexpr (std::is_base_of_v<AnyTask, Handle>) {
    FutureCore& core = future.core();
    core.retain();
    return Handle(static_cast<TypedTaskCell<typename Handle::value_type>*>(&core));
  } else {
    return Handle::of(static_cast<PlainFutureCore<typename Handle::value_type>&>(future.core()));
  }
}

// T: what each awaitable gives, or DifferentResults.
template <class T>
class CompletionCore final : public CompletionState {
 public:
  using Pointer = std::shared_ptr<CompletionCore>;
  template <class... Children>
  static Pointer create(Runtime& runtime, Delay timeout, Children&&... children) {
    const Pointer core(new CompletionCore(runtime), [](CompletionCore* last) { last->close(); });
    core->reserve(sizeof...(Children));
    (core->add_child(std::move(children)), ...);
    core->start(timeout);
    return core;
  }
  template <class Child>
  static Pointer create(Runtime& runtime, Delay timeout, std::vector<Child> children) {
    const Pointer core(new CompletionCore(runtime), [](CompletionCore* last) { last->close(); });
    core->reserve(children.size());
    for (Child& child : children) core->add_child(std::move(child));
    core->start(timeout);
    return core;
  }

  // The result of a child that was taken; throws its error.
  Stored<T> result(const AnyFuture& child, std::size_t index) const {
    child.core().check_result("as_completed");
    return results_[index](child);
  }

 private:
  using CompletionState::CompletionState;
  template <class Child>
  void add_child(Child&& child) {
    if (!this->add(child.future, child.exclusive, std::move(child.task))) return;
    if constexpr (!std::is_same_v<T, DifferentResults>) {
      constexpr auto shared = [](const AnyFuture& future) { return Child{future, false}.take(); };
      constexpr auto own = [](const AnyFuture& future) { return Child{future, true}.take(); };
      results_.push_back(child.exclusive ? static_cast<Result>(own) : static_cast<Result>(shared));
    }
  }

  using Result = Stored<T> (*)(const AnyFuture&);
  std::vector<Result> results_;  // of each slot
};

// The steps, as coroutines that keep what they take from alive.
template <class T, class Handle>
Coro<Handle> next_handle(typename CompletionCore<T>::Pointer core) {
  if (!core->take_turn()) co_return Handle();
  AnyFuture future;
  std::size_t index = 0;
  while (!core->try_take(future, index)) {
    Arrival arrival(*core);
    co_await arrival;
  }
  co_return completed_handle<Handle>(std::move(future));
}
template <class T>
Coro<T> next_result(typename CompletionCore<T>::Pointer core) {
  AnyFuture future;
  std::size_t index = 0;
  while (!core->try_take(future, index)) {
    Arrival arrival(*core);
    co_await arrival;
  }
  if constexpr (std::is_void_v<T>) {
    static_cast<void>(core->result(future, index));
  } else {
    co_return core->result(future, index);
  }
}

template <class T, class Handle>
class [[nodiscard("what as_completed gives is iterated, or asked for next()")]] AsCompleted {
 public:
  using Core = CompletionCore<T>;
  explicit AsCompleted(typename Core::Pointer core) noexcept : core_(std::move(core)) {}

  // The handle of what ends next; an empty one when each has been given.
  Coro<Handle> next() const { return next_handle<T, Handle>(core_); }

  // A single pass: each step, whoever makes it, is for another of the awaitables.
  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using difference_type = std::ptrdiff_t;
    using value_type = Coro<T>;
    explicit Iterator(typename Core::Pointer core) noexcept : core_(std::move(core)) { ++*this; }
    Iterator(Iterator&&) noexcept = default;
    Iterator& operator=(Iterator&&) noexcept = default;
    ~Iterator() {
      if (core_ != nullptr && has_turn_) core_->return_turn();
    }
    // Once for each step.
    Coro<T> operator*() {
      has_turn_ = false;
      return next_result<T>(core_);
    }
    Iterator& operator++() noexcept {
      at_end_ = !has_turn_ && !core_->take_turn();
      has_turn_ = !at_end_;
      return *this;
    }
    void operator++(int) noexcept { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return at_end_; }

   private:
    typename Core::Pointer core_;
    bool has_turn_ = false;
    bool at_end_ = false;
  };
  Iterator begin() const {
    static_assert(!std::is_same_v<T, DifferentResults>,
                  "these awaitables give different types, so there is no common result: use co_await completed.next()");
    return Iterator(core_);
  }
  static std::default_sentinel_t end() noexcept { return {}; }

 private:
  typename Core::Pointer core_;
};

template <class First, class... Others>
struct CommonCompletion {
  static constexpr bool same_result = (std::is_same_v<typename First::value_type, typename Others::value_type> && ...);
  static constexpr bool same_handle =
      (std::is_same_v<typename CompletedAs<First>::Handle, typename CompletedAs<Others>::Handle> && ...);
  using T = std::conditional_t<same_result, typename First::value_type, DifferentResults>;
  using Handle = std::conditional_t<same_handle, typename CompletedAs<First>::Handle, AnyFuture>;
  using type = AsCompleted<T, Handle>;
};

template <Gatherable... Awaitables>
requires(sizeof...(Awaitables) > 0) auto as_completed(AsCompletedOptions options, Awaitables&&... awaitables) {
  using Completed = typename CommonCompletion<StartedBy<Awaitables>...>::type;
  Runtime& runtime = Runtime::current("as_completed");
  // Braces: the children start in argument order.
  std::tuple<StartedBy<Awaitables>...> children{start_child(runtime, static_cast<Awaitables&&>(awaitables))...};
  return std::apply(
      [&](auto&... child) { return Completed(Completed::Core::create(runtime, options.timeout, std::move(child)...)); },
      children);
}
template <Gatherable... Awaitables>
requires(sizeof...(Awaitables) > 0) auto as_completed(Awaitables&&... awaitables) {
  return as_completed(AsCompletedOptions{}, std::forward<Awaitables>(awaitables)...);
}
template <ElementRange Range>
auto as_completed(Range&& range, AsCompletedOptions options = {}) {
  using Child = StartedBy<ElementOf<Range>>;
  using Completed = typename CommonCompletion<Child>::type;
  Runtime& runtime = Runtime::current("as_completed");
  std::vector<Child> children;
  for (auto& awaitable : take_elements(std::forward<Range>(range)))
    children.push_back(start_child(runtime, std::move(awaitable)));
  return Completed(Completed::Core::create(runtime, options.timeout, std::move(children)));
}

}  // namespace weft
