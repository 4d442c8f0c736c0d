#pragma once
// group_state: which tasks belong to a task group, who may add to it, and when nothing of it is left.
//
//   threads   wait, wait_cancelled, block_ended, parent_cancelled: the task of the group. The rest: any thread, while the group has not ended.
//   rules     a task is added while the group is open: who aborts finds every task that was added and has not told. One that comes later is
//             refused or, where it could as well have come just before the abort, taken by who cancels it.
//             A task that has not told and a cancel that is going on keep the group from ending; who takes the last of them away is given
//             what the group's task waits for.
//             `keep` and `visit` are called under the lock: a few instructions that call out to nothing.

#include <mutex>
#include <utility>

#include "weft/runtime/base/intrusive_list.h"
#include "weft/runtime/base/spin_lock.h"

namespace weft {

enum class Openness { open, aborting, ended };

// Told: what the group's task waits for; a default-constructed one is none.
template <class Link, class Told, class List = IntrusiveList<Link>, class Atomics = StdAtomics>
class GroupState {
 public:
  enum class Cancel { too_late, of_tasks, of_tasks_and_parent };

  Openness openness() {
    const std::lock_guard guard(lock_);
    return openness_now();
  }
  // Linked when it was open, and with `late` also when it was aborting: who adds it cancels it then.
  Openness add(Link& link, bool late = false) {
    const std::lock_guard guard(lock_);
    const Openness now = openness_now();
    if (now == Openness::open || (late && now == Openness::aborting)) links_.push_back(link);
    return now;
  }
  // Before remove(). True: the group is aborted now, and the caller is to interrupt its task too.
  template <class Keep, class Visit>
  [[nodiscard]] bool child_failed(Keep keep, Visit visit) {
    const std::lock_guard guard(lock_);
    keep();
    if (aborting_.get() || parent_cancelled_.get()) return false;
    parent_cancelled_.set(true);
    abort(visit);
    return true;
  }
  // The group may have ended afterwards.
  [[nodiscard]] Told remove(Link& link) {
    const std::lock_guard guard(lock_);
    links_.remove(link);
    return told_when_empty();
  }

  // Unless it comes too late the group stays until end_cancel().
  template <class Visit>
  [[nodiscard]] Cancel begin_cancel(Visit visit) {
    const std::lock_guard guard(lock_);
    if (finished_.get() || openness_now() == Openness::ended) return Cancel::too_late;
    if (!aborting_.get()) abort(visit);
    cancels_.set(cancels_.get() + 1);
    if (parent_cancelled_.get()) return Cancel::of_tasks;
    parent_cancelled_.set(true);
    return Cancel::of_tasks_and_parent;
  }
  // The group may have ended afterwards.
  [[nodiscard]] Told end_cancel() {
    const std::lock_guard guard(lock_);
    cancels_.set(cancels_.get() - 1);
    return told_when_empty();
  }

  template <class Keep, class Visit>
  void block_ended(bool failed, Keep keep, Visit visit) {
    const std::lock_guard guard(lock_);
    exiting_.set(true);
    if (!failed) return;
    keep();
    if (!aborting_.get()) abort(visit);
  }
  // False: nothing is left, and the group has ended. Otherwise `told` will be given out once, unless wait() is called again.
  [[nodiscard]] bool wait(Told told) {
    const std::lock_guard guard(lock_);
    if (links_.empty() && cancels_.get() == 0) {
      finished_.set(true);
      return false;
    }
    told_ = std::move(told);
    return true;
  }
  template <class Keep, class Visit>
  void wait_cancelled(Keep keep, Visit visit) {
    const std::lock_guard guard(lock_);
    if (aborting_.get()) return;
    keep();
    abort(visit);
  }
  // After wait() was false: nobody writes it any more.
  bool parent_cancelled() const noexcept { return parent_cancelled_.get(); }

  // For a group that dies with its loop.
  Link* pop_front() noexcept { return links_.pop_front(); }
  void forget(Link& link) noexcept { links_.remove(link); }

 private:
  Openness openness_now() const {
    return exiting_.get() && links_.empty() ? Openness::ended : aborting_.get() ? Openness::aborting : Openness::open;
  }
  template <class Visit>
  void abort(Visit visit) {
    aborting_.set(true);
    links_.for_each(visit);
  }
  Told told_when_empty() {
    if (!links_.empty() || cancels_.get() != 0) return Told();
    return std::exchange(told_, Told());
  }

  template <class T>
  using Plain = typename Atomics::template Plain<T>;

  BasicSpinLock<Atomics> lock_;  // all that follows
  List links_;
  Told told_{};
  Plain<unsigned> cancels_;  // that are going on
  Plain<bool> exiting_;
  Plain<bool> finished_;
  Plain<bool> aborting_;
  Plain<bool> parent_cancelled_;
};

}  // namespace weft
