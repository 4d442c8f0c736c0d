#pragma once
// context_slot: the place of one task's or callback's context, and the mutable core that the context gets when somebody changes or names it.
//
//   states    nothing: the empty context. snapshot: a map, taken over from the creator. core: the context has an identity of its own.
//   threads   a slot is read and upgraded by any thread; its owner is the code that runs in it. A core is thread-safe.
//   cost      a slot is one word. Nothing is allocated for a context that nobody changes or names. While no context of the process has
//             ever had a value, in_use() says so with one load, and nothing else is done.

#include <atomic>
#include <cstdint>
#include <utility>

#include "weft/runtime/base/spin_lock.h"
#include "weft/runtime/task/context_map.h"

namespace weft {

class Context;

// A value that was looked up. It stays while this lives, and the slot that it was found in.
class FoundBinding {
 public:
  FoundBinding() = default;
  explicit FoundBinding(const ContextBinding* borrowed) noexcept : binding_(borrowed) {}
  explicit FoundBinding(Ref<const ContextBinding> owned) noexcept : owned_(std::move(owned)), binding_(owned_.get()) {}
  const ContextBinding* get() const noexcept { return binding_; }
  Ref<const ContextBinding> share() const noexcept { return Ref<const ContextBinding>::sharing(binding_); }

 private:
  Ref<const ContextBinding> owned_;
  const ContextBinding* binding_ = nullptr;
};

// What the handles of one context share: which map it has now.
class ContextCore final : public Counted {
 public:
  explicit ContextCore(Ref<const ContextMap> inherited) noexcept;
  Ref<const ContextMap> map() const noexcept;
  Ref<const ContextBinding> find(std::uint64_t number) const noexcept;
  // Both give the variable's former value; null when it had none.
  Ref<const ContextBinding> set(Ref<const ContextBinding> binding);
  Ref<const ContextBinding> remove(std::uint64_t number);
  // For Context::run: false when another run() is in the context.
  [[nodiscard]] bool try_enter() noexcept { return !entered_.exchange(true, std::memory_order_acquire); }
  void leave() noexcept { entered_.store(false, std::memory_order_release); }

 private:
  ~ContextCore() override;
  template <class Change>
  Ref<const ContextBinding> change(std::uint64_t number, Change change);

  // What the context began with. Whoever found a value in the snapshot that this core replaced may still be reading it.
  const Ref<const ContextMap> inherited_;
  mutable SpinLock
      lock_;  // held to exchange map_ and to take references out of it; nothing is allocated or destroyed under it
  // map_: one reference is the core's. Written under lock_; read under it, and without it only to see that it is null (relaxed: what
  //   happened before the read is seen, as for any variable).
  std::atomic<const ContextMap*> map_;
  // entered_: a run() is in the context. Written by run(), on any thread; acquire -> release: one run() sees what the former did.
  std::atomic<bool> entered_{false};
};

class ContextSlot {
 public:
  ContextSlot() = default;
  // The given context, or, for null, a copy of the current one.
  explicit ContextSlot(const Context* given) noexcept { begin(given); }
  explicit ContextSlot(Ref<ContextCore> core) noexcept : bits_(reinterpret_cast<std::uintptr_t>(core.release())) {}
  ContextSlot(const ContextSlot&) = delete;
  ContextSlot& operator=(const ContextSlot&) = delete;
  ~ContextSlot() {
    if (bits_.load(std::memory_order_relaxed) != 0) [[unlikely]]
      drop();
  }

  // Has any context of the process ever had a value?
  static bool in_use() noexcept { return in_use_.load(std::memory_order_relaxed); }
  static void mark_in_use() noexcept {
    if (!in_use()) in_use_.store(true, std::memory_order_relaxed);
  }

  // For a slot that nobody sees yet.
  void begin(const Context* given) noexcept {
    if (given != nullptr || in_use()) [[unlikely]]
      fill(given);
  }
  void begin(Ref<const ContextMap> snapshot) noexcept;

  Ref<const ContextMap> map() const noexcept;
  // The value is good while the slot lives.
  FoundBinding find(std::uint64_t number) const noexcept;
  // Makes the core if there is none.
  ContextCore& core();
  ContextCore* core_or_null() const noexcept;

 private:
  static constexpr std::uintptr_t kSnapshot = 1;
  void fill(const Context* given) noexcept;
  void drop() noexcept;
  static const ContextMap* snapshot_of(std::uintptr_t bits) noexcept {
    return reinterpret_cast<const ContextMap*>(bits - kSnapshot);
  }

  // in_use_: set once, by the first set() of the process. relaxed: a context with a value reaches another thread through what orders the
  //   threads (a queue, a lock), and the store comes with it.
  static std::atomic<bool> in_use_;
  // bits_: 0, a ContextMap and kSnapshot, or a ContextCore; one reference is ours. Written before the slot is seen, and by core(), by CAS, so
  //   that there is one core; acq_rel: who sees it sees it constructed.
  std::atomic<std::uintptr_t> bits_{0};
};

}  // namespace weft
