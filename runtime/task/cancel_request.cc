#include "weft/runtime/task/cancel_request.h"

#include <algorithm>
#include <bit>

#include "weft/runtime/task/future_core.h"

namespace weft {
namespace {

bool names_targets(CancelReply reply) noexcept {
  return reply == CancelReply::forwarded || reply == CancelReply::taken;
}

}  // namespace

bool FutureCore::cancel(std::string_view message) { return CancelRequest(message).deliver_to(*this); }

bool CancelRequest::deliver_to(FutureCore& first) {
  levels_.clear();
  const CancelReply reply = first.try_cancel(*this);
  if (!names_targets(reply)) {
    forget(0, targets_.size());
    return reply == CancelReply::delivered;
  }
  levels_.push_back({&first, 0, targets_.size(), 0, reply == CancelReply::taken});
  return walk();
}

bool CancelRequest::same_as_before() const noexcept {
  return again_ && std::equal(targets_.begin() + static_cast<std::ptrdiff_t>(before_),
                              targets_.begin() + static_cast<std::ptrdiff_t>(mine_),
                              targets_.begin() + static_cast<std::ptrdiff_t>(mine_), targets_.end());
}

void CancelRequest::forget(std::size_t begin, std::size_t end) noexcept {
  for (std::size_t i = begin; i < end; ++i) targets_[i]->release();
  targets_.erase(targets_.begin() + static_cast<std::ptrdiff_t>(begin),
                 targets_.begin() + static_cast<std::ptrdiff_t>(end));
}

// Circles are rare and chains may be long: looked for at depths that double, so that the whole costs no more than the walk. A circle is
// found after it was gone round at most twice.
bool CancelRequest::on_path(const FutureCore& future) const noexcept {
  if (!std::has_single_bit(levels_.size())) return false;
  return std::any_of(levels_.begin(), levels_.end(), [&future](const Level& level) { return level.future == &future; });
}

bool CancelRequest::walk() {
  for (;;) {
    Level& level = levels_.back();
    CancelReply reply = CancelReply::delivered;
    if (level.next < level.end) {
      FutureCore& target = *targets_[level.next++];
      if (on_path(target)) {
        level.circle = true;
        continue;
      }
      again_ = false;
      mine_ = targets_.size();
      reply = target.try_cancel(*this);
      if (names_targets(reply)) {
        levels_.push_back({&target, mine_, targets_.size(), mine_, reply == CancelReply::taken});
        continue;
      }
      forget(mine_, targets_.size());
      level.delivered = level.delivered || reply == CancelReply::delivered;
      continue;
    }
    if (level.delivered) {
      level.future->targets_cancelled();
    } else {
      again_ = true;
      circle_ = level.circle;
      before_ = level.begin;
      mine_ = level.end;
      reply = level.future->try_cancel(*this);
      again_ = circle_ = false;
      if (names_targets(reply)) {
        level.delivered = reply == CancelReply::taken;
        forget(level.begin, level.end);
        level.next = level.begin;
        level.end = targets_.size();
        continue;
      }
    }
    // What could not be cut here is cut by whoever waits for this.
    const bool uncut = level.circle && reply != CancelReply::delivered;
    forget(level.begin, targets_.size());
    levels_.pop_back();
    if (levels_.empty()) return reply == CancelReply::delivered;
    levels_.back().delivered = levels_.back().delivered || reply == CancelReply::delivered;
    levels_.back().circle = levels_.back().circle || uncut;
  }
}

}  // namespace weft
