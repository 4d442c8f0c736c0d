#pragma once
// async_generator: AsyncGenerator<T>, a coroutine that gives values one by one, and may await between them.
//
//   asyncio   what `async def` with `yield` returns; `async for x in gen:` is `while (auto x = co_await gen.next()) use(*x);`
//   yields    `co_yield value;` T by value, only movable, or T& (given as a reference_wrapper). AsyncGenerator<T, Sent>: what asend() sent is the
//             value of the co_yield, a std::optional<Sent>; nullopt (None) after next().
//   steps     next(), asend(value) and athrow(error) run the generator to its next co_yield, inside the awaiting task, and give the value, or
//             nullopt (StopAsyncIteration) when it has ended. aclose() throws GeneratorExit at the co_yield and waits for the end. A step may be
//             given to create_task, wait_for or gather; it must not outlive the handle before it is awaited.
//   threads   a step at a time, on any worker: RuntimeError for another one meanwhile.
//   cancel    CancelledError at the await inside; if it leaves the generator, that has ended.
//   dropped   suspended at a co_yield: its loop closes it in a task, as if by aclose(), whose error is reported. Its loop is closed, or it
//             never began: its locals are destroyed. aclosing() waits for the end.
//   errors    what the generator throws, and then it has ended. RuntimeError when it yields in answer to GeneratorExit. TypeError for asend()
//             to one that has not begun.
//   cost      two pooled blocks. A step that does not suspend: two jumps and two read-modify-writes; no queue, no allocation, constant stack.
//
// <!-- snippet: tests/task/async_generator_test.cc#loop -->
// ```cpp
// weft::AsyncGenerator<int> countdown(int from) {
//   for (int n = from; n > 0; --n) {
//     co_await weft::sleep(1ms);
//     co_yield n;
//   }
// }
//
// weft::Coro<int> sum_of_countdown(int from) {
//   int sum = 0;
//   weft::AsyncGenerator<int> numbers = countdown(from);
//   while (const auto number = co_await numbers.next()) sum += *number;
//   co_return sum;
// }
// ```

#include <coroutine>
#include <exception>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/task/generator_core.h"
#include "weft/runtime/task/result.h"
#include "weft/runtime/task/task.h"

namespace weft {

template <class T, class Sent>
class AsyncGeneratorPromise;

// What next(), asend() and athrow() return.
template <class T, class Sent>
class [[nodiscard("co_await generator.next()")]] AsyncGeneratorStep final : public GeneratorStep {
 public:
  using value_type = std::optional<Stored<T>>;
  AsyncGeneratorStep(GeneratorCore & core, Kind kind) noexcept : GeneratorStep(core, kind) {}
  AsyncGeneratorStep(GeneratorCore & core, std::exception_ptr error) noexcept
      : GeneratorStep(core, Kind::raise, std::move(error)) {}
  template <class Value>
  AsyncGeneratorStep(GeneratorCore & core, std::in_place_t, Value && value)
      : GeneratorStep(core, Kind::send), sent_(std::forward<Value>(value)) {}
  AsyncGeneratorStep(AsyncGeneratorStep &&) = default;

  bool await_ready() { return !begin(); }
  value_type await_resume() {
    check();
    return std::move(item_);
  }

 private:
  friend class AsyncGeneratorPromise<T, Sent>;
  value_type item_;
  std::optional<Stored<Sent>> sent_;
};

// Holds a generator on behalf of the task that closes it.
class GeneratorOwner {
 public:
  explicit GeneratorOwner(Ref<GeneratorCore> core) noexcept : core_(std::move(core)) {}
  GeneratorOwner(GeneratorOwner&&) noexcept = default;
  GeneratorOwner& operator=(GeneratorOwner&&) = delete;
  ~GeneratorOwner() {
    if (core_) core_->closer_gone();
  }
  GeneratorCore& core() const noexcept { return *core_; }

 private:
  Ref<GeneratorCore> core_;
};

// A cancel that comes before the first step is thrown in the generator too, in the place of GeneratorExit.
inline Coro<void> close_generator(GeneratorOwner owner) {
  TaskCell& task = current_cell("aclose()");
  std::exception_ptr cancelled;
  if (task.take_throw()) cancelled = std::make_exception_ptr(CancelledError(task.cancel_message()));
  GeneratorClose close(owner.core(), std::move(cancelled));
  co_await close;
}

inline TaskCell* create_generator_closer(Ref<GeneratorCore> core, Runtime& runtime) {
  TaskCell* cell = TypedTaskCell<void>::create(runtime, {}, close_generator(GeneratorOwner(std::move(core))).release());
  cell->mark_started();  // it begins even when it is cancelled before
  return cell;
}

template <class T, class Sent = void>
class AsyncGenerator;

template <class T, class Sent>
class AsyncGeneratorPromise final : public PromiseBase {
 public:
  AsyncGeneratorPromise() : core_(GeneratorCore::create(frame().address(), create_generator_closer)) {}
  ~AsyncGeneratorPromise() {
    core_.coroutine_gone();
    if (ends_unusually()) [[unlikely]]
      end_unusually();
  }

  AsyncGenerator<T, Sent> get_return_object(
      const std::source_location& site = std::source_location::current()) noexcept;
  void return_void() noexcept { step().returned(); }
  void unhandled_exception() noexcept { step().failed(); }

  class YieldAwaiter {
   public:
    explicit YieldAwaiter(AsyncGeneratorPromise& promise) noexcept : promise_(promise) {}
    static bool await_ready() noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<>) noexcept {
      GeneratorStep& step = promise_.step();
      step.yielded();
      PromiseBase* const consumer = step.parent;
      promise_.core_.end_at_yield();
      return transfer_to(consumer->frame());
    }
    std::conditional_t<std::is_void_v<Sent>, void, std::optional<Stored<Sent>>> await_resume() {
      GeneratorStep& step = promise_.step();
      if (step.kind() >= GeneratorStep::Kind::raise) [[unlikely]]
        step.raise();
      if constexpr (!std::is_void_v<Sent>) return std::move(static_cast<Step&>(step).sent_);
    }

   private:
    AsyncGeneratorPromise& promise_;
  };

  // The value goes to the consumer's frame at once: what its construction throws is thrown by the co_yield.
  template <class Value = T>
  requires std::is_constructible_v<Stored<T>, Value &&> YieldAwaiter yield_value(Value&& value) {
    GeneratorStep& step = this->step();
    if (step.kind() != GeneratorStep::Kind::close) static_cast<Step&>(step).item_.emplace(std::forward<Value>(value));
    return YieldAwaiter(*this);
  }

 private:
  using Step = AsyncGeneratorStep<T, Sent>;
  // The one that runs the generator.
  GeneratorStep& step() noexcept { return *static_cast<GeneratorStep*>(completion().inline_await()); }

  GeneratorCore& core_;
};

template <class T, class Sent>
class WEFT_TRIVIAL_ABI
    [[nodiscard("an AsyncGenerator does nothing until it is iterated: co_await its next()")]] AsyncGenerator {
 public:
  using promise_type = AsyncGeneratorPromise<T, Sent>;
  using value_type = T;
  using sent_type = Sent;
  using Step = AsyncGeneratorStep<T, Sent>;

  AsyncGenerator() = default;
  // Takes over one reference.
  explicit AsyncGenerator(GeneratorCore & core) noexcept : core_(&core) {}
  AsyncGenerator(AsyncGenerator && other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  AsyncGenerator& operator=(AsyncGenerator&& other) noexcept {
    if (this != &other) {
      reset();
      core_ = std::exchange(other.core_, nullptr);
    }
    return *this;
  }
  ~AsyncGenerator() { reset(); }

  // False after it was moved from.
  explicit operator bool() const noexcept { return core_ != nullptr; }

  // The next value; nullopt when there is none.
  Step next() { return Step(core(), Step::Kind::next); }
  // The value is what the co_yield gives.
  template <class Value = Sent>
  requires std::is_constructible_v<Stored<Sent>, Value &&> Step asend(Value && value) {
    static_assert(!std::is_void_v<Sent>, "asend() needs an AsyncGenerator<T, Sent>, which says what is sent");
    return Step(core(), std::in_place, std::forward<Value>(value));
  }
  // Thrown by the co_yield; gives the next value, if the generator goes on.
  Step athrow(std::exception_ptr error) {
    if (error == nullptr) throw ValueError("AsyncGenerator::athrow: the exception_ptr is null; give an exception");
    return Step(core(), std::move(error));
  }
  template <class Error>
  requires(!std::is_convertible_v<Error, std::exception_ptr>) Step athrow(Error && error) {
    return athrow(std::make_exception_ptr(std::forward<Error>(error)));
  }
  // Idempotent. One that never began never runs.
  GeneratorClose aclose() { return GeneratorClose(core()); }

 private:
  GeneratorCore& core() const {
    if (core_ == nullptr) [[unlikely]]
      throw RuntimeError("AsyncGenerator: it is empty, or it was moved from; iterate the one that it was moved to");
    return *core_;
  }
  void reset() noexcept {
    if (core_ != nullptr) std::exchange(core_, nullptr)->drop_handle();
  }
  GeneratorCore* core_ = nullptr;
};

template <class T, class Sent>
AsyncGenerator<T, Sent> AsyncGeneratorPromise<T, Sent>::get_return_object(const std::source_location& site) noexcept {
  static_assert(alignof(AsyncGeneratorPromise) <= 16, "a promise must lie 16 bytes behind its frame");
  this->set_await_site(site);
  return AsyncGenerator<T, Sent>(core_);
}

// A step runs in a task of its own.
template <class T, class Sent>
Coro<std::optional<Stored<T>>> step_in_task(AsyncGeneratorStep<T, Sent> step) {
  co_return co_await step;
}
inline Coro<void> step_in_task(GeneratorClose step) { co_await step; }

template <class Step>
requires std::is_base_of_v<GeneratorStep, Step>
auto create_task(Step step, const TaskOptions& options = {}) {
  return create_task(step_in_task(std::move(step)), options);
}

}  // namespace weft
