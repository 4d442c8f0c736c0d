#include "weft/runtime/task/context_slot.h"

#include <mutex>

#include "weft/runtime/task/context.h"
#include "weft/runtime/task/context_scope.h"

namespace weft {

std::atomic<bool> ContextSlot::in_use_{false};

ContextCore::ContextCore(Ref<const ContextMap> inherited) noexcept
    : inherited_(std::move(inherited)), map_(inherited_.get()) {
  if (inherited_) inherited_->retain();
}

ContextCore::~ContextCore() {
  if (const ContextMap* map = map_.load(std::memory_order_relaxed); map != nullptr) map->release();
}

Ref<const ContextMap> ContextCore::map() const noexcept {
  if (map_.load(std::memory_order_relaxed) == nullptr) return {};
  const std::lock_guard lock(lock_);
  return Ref<const ContextMap>::sharing(map_.load(std::memory_order_relaxed));
}

Ref<const ContextBinding> ContextCore::find(std::uint64_t number) const noexcept {
  if (map_.load(std::memory_order_relaxed) == nullptr) return {};
  const std::lock_guard lock(lock_);
  return Ref<const ContextBinding>::sharing(ContextMap::find(map_.load(std::memory_order_relaxed), number));
}

template <class Change>
Ref<const ContextBinding> ContextCore::change(std::uint64_t number, Change change) {
  ContextSlot::mark_in_use();
  for (;;) {
    const Ref<const ContextMap> before = map();
    Ref<const ContextMap> after = change(before.get());
    {
      const std::lock_guard lock(lock_);
      if (map_.load(std::memory_order_relaxed) != before.get()) continue;  // another thread was faster
      map_.store(after.release(), std::memory_order_relaxed);
    }
    if (before) before->release();  // the core's reference; `before` has one of its own
    return Ref<const ContextBinding>::sharing(ContextMap::find(before.get(), number));
  }
}

Ref<const ContextBinding> ContextCore::set(Ref<const ContextBinding> binding) {
  return change(binding->number(), [&binding](const ContextMap* map) { return ContextMap::with(map, binding); });
}

Ref<const ContextBinding> ContextCore::remove(std::uint64_t number) {
  return change(number, [number](const ContextMap* map) { return ContextMap::without(map, number); });
}

void ContextSlot::begin(Ref<const ContextMap> snapshot) noexcept {
  if (!snapshot) return;
  bits_.store(reinterpret_cast<std::uintptr_t>(snapshot.release()) | kSnapshot, std::memory_order_relaxed);
}

void ContextSlot::fill(const Context* given) noexcept {
  if (given == nullptr) {
    begin(current_context_map());
  } else {
    bits_.store(reinterpret_cast<std::uintptr_t>(given->share_core().release()), std::memory_order_relaxed);
  }
}

void ContextSlot::drop() noexcept {
  const std::uintptr_t bits = bits_.load(std::memory_order_acquire);
  if ((bits & kSnapshot) != 0) {
    snapshot_of(bits)->release();
  } else {
    reinterpret_cast<ContextCore*>(bits)->release();
  }
}

Ref<const ContextMap> ContextSlot::map() const noexcept {
  const std::uintptr_t bits = bits_.load(std::memory_order_acquire);
  if (bits == 0) return {};
  if ((bits & kSnapshot) != 0) return Ref<const ContextMap>::sharing(snapshot_of(bits));
  return reinterpret_cast<ContextCore*>(bits)->map();
}

FoundBinding ContextSlot::find(std::uint64_t number) const noexcept {
  const std::uintptr_t bits = bits_.load(std::memory_order_acquire);
  if (bits == 0) return {};
  if ((bits & kSnapshot) != 0) return FoundBinding(ContextMap::find(snapshot_of(bits), number));
  return FoundBinding(reinterpret_cast<ContextCore*>(bits)->find(number));
}

ContextCore* ContextSlot::core_or_null() const noexcept {
  const std::uintptr_t bits = bits_.load(std::memory_order_acquire);
  return (bits & kSnapshot) != 0 ? nullptr : reinterpret_cast<ContextCore*>(bits);
}

ContextCore& ContextSlot::core() {
  std::uintptr_t seen = bits_.load(std::memory_order_acquire);
  while (seen == 0 || (seen & kSnapshot) != 0) {
    // The snapshot stays until the slot has a core, which keeps it: so it may be read here while another thread is faster.
    const ContextMap* snapshot = seen == 0 ? nullptr : snapshot_of(seen);
    ContextCore* made = make_counted<ContextCore>(Ref<const ContextMap>::sharing(snapshot)).release();
    if (bits_.compare_exchange_strong(seen, reinterpret_cast<std::uintptr_t>(made), std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
      if (snapshot != nullptr) snapshot->release();  // the slot's reference; the core has its own
      return *made;
    }
    made->release();
  }
  return *reinterpret_cast<ContextCore*>(seen);
}

}  // namespace weft
