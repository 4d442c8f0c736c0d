#include "weft/runtime/task/any_future.h"

#include <atomic>
#include <memory>
#include <vector>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/task/context_scope.h"

namespace weft {
namespace {

// Callback numbers of the process. Written by add_done_callback; relaxed: only uniqueness counts.
std::atomic<std::uint64_t> g_callbacks{0};

}  // namespace

void AnyFuture::refuse_empty() {
  throw RuntimeError("this handle names no future or task: it was default-constructed or moved from");
}

EventLoop& AnyFuture::get_loop() const { return *static_cast<EventLoop*>(Runtime::loop_of(core().runtime())); }

bool AnyFuture::remove_done_callback(CallbackId id) const {
  return remove_matching({id.number, nullptr, nullptr}) != 0;
}

std::size_t AnyFuture::remove_matching(const Sought& sought) const {
  struct Release {
    void operator()(DoneCallback* callback) const noexcept { callback->release(); }
  };
  std::vector<std::unique_ptr<DoneCallback, Release>> candidates;
  core().for_each_listener([&](DoneListener& listener) {
    auto* const callback = dynamic_cast<DoneCallback*>(&listener);
    if (callback == nullptr) return;
    if (sought.type == nullptr ? callback->number_ != sought.number : !callback->is_a(*sought.type)) return;
    callback->retain();
    candidates.emplace_back(callback);
  });
  std::size_t count = 0;
  for (const auto& callback : candidates) {
    // The program's own comparison, which may use this future: the lock is not held.
    if (sought.type != nullptr && !callback->equals(sought.function)) continue;
    if (!core().unlisten(*callback)) continue;
    callback->release();
    ++count;
  }
  return count;
}

DoneCallback::DoneCallback(const Context* context)
    : number_(g_callbacks.fetch_add(1, std::memory_order_relaxed) + 1), context_(context) {}

CallbackId DoneCallback::add(DoneCallback* callback, FutureCore& future) {
  const CallbackId id{callback->number_};
  if (!future.listen(*callback)) callback->future_done(future);
  return id;
}

void DoneCallback::future_done(FutureCore& future) noexcept {
  future.retain();
  future_ = AnyFuture(&future);
  Runtime::schedule_in(future.runtime(), this);
}

void DoneCallback::run() noexcept {
  Runtime& runtime = *future_.core().runtime();
  const ContextScope scope(context_);
  try {
    call(future_);
  } catch (const KeyboardInterrupt&) {
    runtime.escape(StoredError::current());
  } catch (...) {
    runtime.report({"Exception in callback", std::current_exception(), {}});
  }
  release();
}

}  // namespace weft
