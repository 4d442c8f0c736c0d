#pragma once
// gather_core: the future behind gather and select, and behind fork_join in order asyncio: done when its children are.
//
//   threads   children end on any worker; whoever ends it (first failure, last child) is found by begin_set().
//   order     asyncio: CPython's; a child tells through the run queue, then the gather is done, then its waiter goes to the run queue.
//             depth first: a child tells when it ends; the children that gather makes wait where those of a fork_join do, so that a tree
//             of gathers is walked in depth, and its memory grows with its depth only.

#include <cstddef>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "weft/runtime/flow/gather_ends.h"
#include "weft/runtime/flow/outcome.h"
#include "weft/runtime/flow/own_awaitable.h"
#include "weft/runtime/flow/sleep.h"
#include "weft/runtime/task/task.h"

namespace weft {

enum class GatherPolicy {
  first_failure,      // the first child that fails ends the gather; the others run on
  return_exceptions,  // failures are values
  wait_for_all,       // all children end, then the first failure counts
  first_end           // the first child that ends cancels the others; all end, and each that has a result gives it
};

// A task that gather has made and has not scheduled. Destroyed, it schedules the task: an exception in between loses nothing.
class NewTask {
 public:
  NewTask() = default;
  explicit NewTask(TaskCell& cell) noexcept : cell_(&cell) {}
  NewTask(NewTask&& other) noexcept : cell_(std::exchange(other.cell_, nullptr)) {}
  NewTask& operator=(NewTask&&) = delete;
  ~NewTask() {
    if (cell_ != nullptr) cell_->runtime()->schedule(cell_);
  }
  explicit operator bool() const noexcept { return cell_ != nullptr; }
  TaskCell* release() noexcept { return std::exchange(cell_, nullptr); }

 private:
  TaskCell* cell_ = nullptr;
};

class GatherState : public FutureCore {
 public:
  CancelReply try_cancel(CancelRequest& request) override;
  void targets_cancelled() noexcept override { end_cancel(true); }
  std::string cancel_message() const override { return {}; }
  std::string describe_self() const override;
  void waiter_abandoned() noexcept override;
  // For debug mode, when the gather has failed: the tasks it has made that are pending still belong to nobody.
  void watch_left_behind_by(PromiseBase& gathering) const;
  // For select, in the step that follows its wait: which child's result it gives. Throws what it ends with otherwise. `has_value`: is the result of
  // this child more than that it has ended?
  std::size_t winner(bool (*has_value)(std::size_t child));

 protected:
  GatherState(Runtime* runtime, GatherPolicy policy) noexcept;
  ~GatherState();
  // All children first, then start(), which listens to them and schedules those that are not yet. A future that comes twice is waited for
  // once; `fresh`: it cannot have come before.
  void reserve(std::size_t children);
  void add(const AnyFuture& child, bool fresh, NewTask&& task);
  void start();

  virtual void store_error(StoredError error) noexcept = 0;
  virtual void store_results() = 0;

 private:
  class Slot;
  struct KnownFutures;
  // Null: the future has not been given before.
  const Slot* known_slot(const FutureCore& core);
  FutureCore& given(std::size_t child) const noexcept;
  bool lose_after(const Slot& ended) noexcept;
  void schedule_new_tasks(bool in_order);
  void child_done(FutureCore& child) noexcept;
  void cancel_others() noexcept;
  // The children that have not told need not tell: their errors count as retrieved. Without this a child that nobody ends and the
  // gather would keep each other.
  void stop_listening() noexcept;
  void all_done() noexcept;
  void end_cancel(bool reached) noexcept {
    if (ends_.end_cancel(reached)) all_done();
  }

  const GatherPolicy policy_;
  std::unique_ptr<KnownFutures> known_;  // while children are added, when they are many
  std::vector<Slot> slots_;
  std::vector<FutureCore*>
      given_;  // the children in the order in which they were given, if one of them was given twice
  const FutureCore* given_last_ = nullptr;
  GatherEnds<FutureCore> ends_;
};

// The result of one child, once the gather is done.
template <class T, class Core>
struct Started {
  using value_type = T;
  AnyFuture future;
  bool exclusive;  // nobody else can ask for the result: it may be moved
  NewTask task = {};

  Core& core() const { return static_cast<Core&>(future.core()); }
  Stored<T> take() const {
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      if constexpr (std::is_copy_constructible_v<Stored<T>>) {
        if (!exclusive) return core().value();
      }
      return std::move(core().value());
    }
  }
  Outcome<T> outcome() const {
    if (core().has_result()) return Outcome<T>(take());
    core().mark_retrieved();
    if (core().cancelled()) return Outcome<T>(StoredError::cancelled(core().cancel_message()));
    return Outcome<T>(core().error());
  }
};

template <class T>
Started<T, TypedTaskCell<T>> start_child(Runtime& runtime, Coro<T>&& coro) {
  auto [task, started] = create_newborn_task(runtime, std::move(coro), options_without_place());
  TaskCell& cell = task.cell();
  return {std::move(task), true, started ? NewTask() : NewTask(cell)};
}
template <class T>
Started<T, TypedTaskCell<T>> start_child(Runtime& runtime, const Task<T>& task) {
  task.core().check_runtime(runtime, "gather");
  return {task, false};
}
template <class T>
Started<T, PlainFutureCore<T>> start_child(Runtime& runtime, const Future<T>& future) {
  future.core().check_runtime(runtime, "gather");
  return {future, false};
}
inline Started<void, TaskCell> start_child(Runtime& runtime, const AnyTask& task) {
  task.core().check_runtime(runtime, "gather");
  return {task, false};
}
// A sleep runs in a task of its own.
template <class T>
Coro<T> sleep_in_task(Sleep<T> sleep) {
  co_return co_await sleep;
}
template <class T>
Started<T, TypedTaskCell<T>> start_child(Runtime& runtime, Sleep<T>&& sleep) {
  return start_child(runtime, sleep_in_task(std::move(sleep)));
}
// And a step of an async generator.
template <class Step>
requires std::is_base_of_v<GeneratorStep, Step>
auto start_child(Runtime& runtime, Step&& step) { return start_child(runtime, step_in_task(std::move(step))); }

// And what the program has written itself.
template <OwnAwaitable Awaitable>
auto start_child(Runtime& runtime, Awaitable awaitable) {
  return start_child(runtime, await_in_task(std::move(awaitable)));
}

// How several children make one result.
template <GatherPolicy policy, class Child>
auto element_of(const Child& child) {
  if constexpr (policy == GatherPolicy::return_exceptions) {
    return child.outcome();
  } else if constexpr (policy == GatherPolicy::first_end) {
    using Result = std::optional<Stored<typename Child::value_type>>;
    return child.core().has_result() ? Result(child.take()) : Result();
  } else {
    return child.take();
  }
}
template <GatherPolicy policy, class Child>
using ElementFrom = decltype(element_of<policy>(std::declval<const Child&>()));

template <GatherPolicy policy, class... Children>
struct TupleOfResults {
  using Kept = std::tuple<Children...>;
  using type = std::tuple<ElementFrom<policy, Children>...>;
  static std::size_t size(const Kept&) noexcept { return sizeof...(Children); }
  template <class Visit>
  static void for_each(Kept& kept, Visit visit) {
    std::apply([&visit](auto&... child) { (visit(child), ...); }, kept);
  }
  static type make(const Kept& kept) {
    return std::apply([](const auto&... child) { return type(element_of<policy>(child)...); }, kept);
  }
};

template <GatherPolicy policy, class Child>
struct VectorOfResults {
  using Kept = std::vector<Child>;
  using type = std::vector<ElementFrom<policy, Child>>;
  static std::size_t size(const Kept& kept) noexcept { return kept.size(); }
  template <class Visit>
  static void for_each(Kept& kept, Visit visit) {
    for (Child& child : kept) visit(child);
  }
  static type make(const Kept& kept) {
    type results;
    results.reserve(kept.size());
    for (const Child& child : kept) results.push_back(element_of<policy>(child));
    return results;
  }
};

template <class Shape>
class GatherCore final : public ResultCore<typename Shape::type, GatherState> {
 public:
  using value_type = typename Shape::type;
  // One reference of the caller.
  static GatherCore* create(Runtime& runtime, GatherPolicy policy, typename Shape::Kept kept) {
    auto* core = new GatherCore(&runtime, policy, std::move(kept));
    core->live(1);
    core->reserve(Shape::size(core->kept_));
    Shape::for_each(core->kept_,
                    [core](auto& child) { core->add(child.future, child.exclusive, std::move(child.task)); });
    core->start();
    return core;
  }

 private:
  GatherCore(Runtime* runtime, GatherPolicy policy, typename Shape::Kept kept)
      : ResultCore<value_type, GatherState>(runtime, policy), kept_(std::move(kept)) {}
  void store_error(StoredError error) noexcept override { this->put_error(std::move(error)); }
  void store_results() override { this->put_value(Shape::make(kept_)); }
  void destroy() noexcept override {
    this->report_unretrieved("gather", {});
    delete this;
  }
  typename Shape::Kept kept_;
};

// Done when all of them are, whatever they ended with.
AnyFuture when_all_done(Runtime& runtime, const std::vector<AnyFuture>& futures);

}  // namespace weft
