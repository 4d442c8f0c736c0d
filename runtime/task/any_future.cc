#include "weft/runtime/task/any_future.h"

#include <atomic>

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

bool AnyFuture::remove_done_callback(CallbackId id) const {
  return remove_matching({id.number, nullptr, nullptr}) != 0;
}

std::size_t AnyFuture::remove_matching(const Sought& sought) const {
  IntrusiveList<DoneListener> removed;
  core().unlisten_if(
      [](DoneListener& listener, const void* key) {
        const auto* callback = dynamic_cast<DoneCallback*>(&listener);
        const auto& wanted = *static_cast<const Sought*>(key);
        if (callback == nullptr) return false;
        return wanted.type == nullptr ? callback->number_ == wanted.number
                                      : callback->is(*wanted.type, wanted.function);
      },
      &sought, removed);
  std::size_t count = 0;
  while (DoneListener* listener = removed.pop_front()) {
    delete static_cast<DoneCallback*>(listener);
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
  delete this;
}

}  // namespace weft
