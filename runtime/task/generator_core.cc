#include "weft/runtime/task/generator_core.h"

#include <cstdio>
#include <typeinfo>

#include <cxxabi.h>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/task/context_scope.h"
#include "weft/runtime/task/runtime.h"
#include "weft/runtime/task/task.h"

namespace weft {

// --- steps ------------------------------------------------------------------------------------------------------------

const char* GeneratorStep::name() const noexcept {
  switch (kind_) {
    case Kind::raise:
      return "athrow()";
    case Kind::close:
      return "aclose()";
    case Kind::next:
    case Kind::send:
      break;
  }
  return "anext()";
}

bool GeneratorStep::begin_slowly() {
  GeneratorCore* const core = std::exchange(core_, nullptr);
  if (core == nullptr) {
    throw RuntimeError(std::string("cannot reuse already awaited ") + name() +
                       ": a step of an async generator is awaited once; ask the generator for another one");
  }
  if (core->begin_slowly(*this)) {
    core_ = core;
    return true;
  }
  if (kind_ == Kind::close && error_ != nullptr) raise();
  return false;
}

void GeneratorStep::failed() noexcept {
  outcome_ = Outcome::ended;
  if (kind_ == Kind::close && *abi::__cxa_current_exception_type() == typeid(GeneratorExit)) return;
  error_ = std::current_exception();
}

void GeneratorStep::raise() {
  if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
  throw GeneratorExit();
}

void GeneratorStep::end() {
  GeneratorCore* const core = std::exchange(core_, nullptr);
  if (outcome_ == Outcome::ignored_exit) {
    throw RuntimeError(
        "async generator ignored GeneratorExit: it has yielded while aclose() waited for its end; let the exception "
        "leave it");
  }
  if (outcome_ != Outcome::ended) return;
  core->destroy_coroutine();
  if (error_ != nullptr) raise();
}

// --- the state ----------------------------------------------------------------------------------------------------------

bool GeneratorCore::begin_slowly(GeneratorStep& step) {
  using Kind = GeneratorStep::Kind;
  const Kind kind = step.kind();
  std::uint32_t seen = state_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uint32_t phase = seen & kPhase;
    if (phase == kEnded) return false;
    if (phase == kRunning) {
      throw RuntimeError(std::string(step.name()) +
                         ": asynchronous generator is already running; wait until its step has ended");
    }
    if ((seen & kClosed) != 0 && kind >= Kind::raise) return false;
    if (phase == kCreated && kind == Kind::send) {
      throw TypeError("can't send non-None value to a just-started async generator; begin with next()");
    }
    const std::uint32_t next = (seen & ~kPhase) | kRunning | (kind == Kind::close ? kClosed : 0);
    if (!state_.compare_exchange_weak(seen, next, std::memory_order_acquire, std::memory_order_relaxed)) continue;
    if (phase == kSuspended) return true;
    if (kind == Kind::next) {
      start();
      return true;
    }
    destroy_coroutine();
    if (kind == Kind::raise) step.raise();
    return false;
  }
}

void GeneratorCore::start() {
  Runtime& runtime = Runtime::current("AsyncGenerator");
  if (runtime.generators().add(*this, runtime)) return;
  runtime.report(
      {"asynchronous generator " + describe() + " was scheduled after loop.shutdown_asyncgens() call", nullptr, {}});
}

void GeneratorCore::end_at_yield_slowly() noexcept {
  Ref<GeneratorCore> self;
  std::uint32_t seen = state_.load(std::memory_order_relaxed);
  do {
    // Before others may end it.
    if ((seen & kDropped) != 0 && !self) self = Ref<GeneratorCore>::sharing(this);
  } while (!state_.compare_exchange_weak(seen, (seen & ~kPhase) | kSuspended, std::memory_order_release,
                                         std::memory_order_relaxed));
  if (self) finalise(std::move(self));
}

void GeneratorCore::drop_handle() noexcept {
  Ref<GeneratorCore> self = Ref<GeneratorCore>::taking(this);
  std::uint32_t seen = state_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uint32_t phase = seen & kPhase;
    if (phase == kEnded) return;
    const std::uint32_t next = phase == kCreated ? kRunning | kDropped : seen | kDropped;
    if (!state_.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_relaxed)) continue;
    if (phase == kCreated) destroy_coroutine();
    if (phase == kSuspended) finalise(std::move(self));
    return;
  }
}

void GeneratorCore::finalise(Ref<GeneratorCore> self) noexcept {
  Runtime* runtime = closed() ? nullptr : GeneratorRegistry::runtime_of(*this);
  if (runtime == nullptr) {
    destroy_if_dropped();
    return;
  }
  if (ContextSlot::in_use()) context_ = current_context_map();
  Runtime::schedule_in(runtime, self.release());
}

void GeneratorCore::run() noexcept {
  const Ref<GeneratorCore> self = Ref<GeneratorCore>::taking(this);
  if (!GeneratorRegistry::begin_finalising(*this)) return;
  ContextSlot slot;
  if (context_) slot.begin(std::move(context_));
  const ContextScope scope(slot);
  Runtime& runtime = *Runtime::of_this_thread();
  TaskCell* closer = create_closer(runtime);
  GeneratorRegistry::set_closer(*this, *closer);
  runtime.schedule(closer);
  closer->release();
}

void GeneratorCore::drop() noexcept {
  const Ref<GeneratorCore> self = Ref<GeneratorCore>::taking(this);
  destroy_if_dropped();
}

void GeneratorCore::closer_gone() noexcept {
  const GeneratorRegistry::Left left = GeneratorRegistry::end_closing(*this);
  if (left.again) {
    retain();
    Runtime::schedule_in(left.runtime, this);
  } else if (left.runtime == nullptr) {
    destroy_if_dropped();
  }
}

void GeneratorCore::destroy_if_dropped() noexcept {
  std::uint32_t seen = state_.load(std::memory_order_relaxed);
  while ((seen & kPhase) == kSuspended && (seen & kDropped) != 0) {
    const std::uint32_t next = (seen & ~kPhase) | kRunning;
    if (!state_.compare_exchange_weak(seen, next, std::memory_order_acquire, std::memory_order_relaxed)) continue;
    destroy_coroutine();
    return;
  }
}

void GeneratorCore::destroy_coroutine() noexcept {
  GeneratorRegistry::remove(*this);
  void* const frame = std::exchange(frame_, nullptr);
  state_.fetch_or(kEnded, std::memory_order_release);
  destroy_frame(frame);
}

void GeneratorCore::torn_down() noexcept {
  frame_ = nullptr;
  GeneratorRegistry::remove(*this);
  state_.fetch_or(kEnded, std::memory_order_release);
}

std::string GeneratorCore::describe() const {
  char text[48];
  std::snprintf(text, sizeof text, "<AsyncGenerator at %p>", static_cast<const void*>(this));
  return text;
}

}  // namespace weft
