#pragma once
// shield_link: how a future that is shielded finds the outer one without keeping it: a plain future may never end, and the two would keep
// each other for ever.
//
//   threads   find and dropped: any. outer_done and outer_gone: by ShieldLinkEnd, which the outer future keeps among its callbacks.

#include <memory>
#include <mutex>
#include <utility>

#include "weft/runtime/base/spin_lock.h"
#include "weft/runtime/task/any_future.h"

namespace weft {

class ShieldLink {
 public:
  explicit ShieldLink(FutureCore& outer) noexcept : outer_(&outer) {}
  // Empty when it is done or no handle is left.
  AnyFuture find() noexcept {
    const std::lock_guard guard(lock_);
    if (outer_ == nullptr || !outer_->try_retain()) return {};
    return FutureHandle(outer_);
  }
  // It was destroyed before it was done: nobody can have seen how it ended.
  bool dropped() noexcept {
    const std::lock_guard guard(lock_);
    return outer_ == nullptr && !done_;
  }
  void outer_done() noexcept {
    const std::lock_guard guard(lock_);
    done_ = true;
  }
  void outer_gone() noexcept {
    const std::lock_guard guard(lock_);
    outer_ = nullptr;
  }

 private:
  SpinLock lock_;  // over what follows
  FutureCore* outer_;
  bool done_ = false;
};

// Destroyed after its call, or with the outer future.
class ShieldLinkEnd {
 public:
  ShieldLinkEnd(std::shared_ptr<ShieldLink> link, AnyFuture inner, CallbackId told) noexcept
      : link_(std::move(link)), inner_(std::move(inner)), told_(told) {}
  ShieldLinkEnd(ShieldLinkEnd&&) noexcept = default;
  ShieldLinkEnd& operator=(ShieldLinkEnd&&) = delete;
  ~ShieldLinkEnd() {
    if (link_ == nullptr) return;
    link_->outer_gone();
    if (!inner_.done()) inner_.remove_done_callback(told_);
  }
  void operator()(const AnyFuture&) const { link_->outer_done(); }

 private:
  std::shared_ptr<ShieldLink> link_;
  AnyFuture inner_;
  CallbackId told_;
};

}  // namespace weft
