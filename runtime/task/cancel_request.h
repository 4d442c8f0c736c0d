#pragma once
// cancel_request: how a cancel finds its way from a future to what that waits for, and on, in constant stack.
//
//   A future answers an attempt: it is done, the request will be delivered, or others are to be cancelled in its place. Those are asked in order,
//   each with all that it forwards to; when none of them could be cancelled the future is asked again, and told whom it had named.
//   Tasks may wait for each other in a circle: the one that closes it is asked again, and stops waiting. (CPython recurses until it fails.)
//
//   threads   a request belongs to the thread that makes it.

#include <cstddef>
#include <string_view>
#include <vector>

namespace weft {

class FutureCore;
class Interruption;

enum class CancelReply {
  refused,    // done already
  delivered,  // cancelled, or to be thrown by the task
  forwarded,  // the targets are to be cancelled in its place
  taken       // delivered, and the targets are to be cancelled too, whatever they answer
};

class CancelRequest {
 public:
  // Interruption: of the first future, a task, by one of its blocks; null for a cancel.
  explicit CancelRequest(std::string_view message, Interruption* interruption = nullptr) noexcept
      : message_(message), interruption_(interruption) {}
  CancelRequest(const CancelRequest&) = delete;
  CancelRequest& operator=(const CancelRequest&) = delete;

  // Cancels the future. False: it was done.
  bool deliver_to(FutureCore& first);

  // --- for the future that is asked ----------------------------------------------------------------------------------
  std::string_view message() const noexcept { return message_; }
  // Null: a cancel.
  Interruption* interruption() const noexcept {
    return levels_.empty() || (levels_.size() == 1 && again_) ? interruption_ : nullptr;
  }
  // None of the targets that it named before could be cancelled.
  bool again() const noexcept { return again_; }
  // To name another target: retained, at the end.
  std::vector<FutureCore*>& targets() noexcept { return targets_; }
  bool has_targets() const noexcept { return targets_.size() > mine_; }
  // Again, because a target waits for the future that is asked now.
  bool closes_circle() const noexcept { return circle_; }
  // Has it named the same as before?
  bool same_as_before() const noexcept;

 private:
  struct Level {
    FutureCore* future;
    std::size_t begin;  // its targets
    std::size_t end;
    std::size_t next;  // the one to be asked next
    bool delivered;
    bool circle = false;
  };
  bool walk();
  bool on_path(const FutureCore& future) const noexcept;
  void forget(std::size_t begin, std::size_t end) noexcept;

  const std::string_view message_;
  Interruption* const interruption_;
  bool again_ = false;
  bool circle_ = false;
  std::size_t before_ = 0;  // where the targets that refused begin
  std::size_t mine_ = 0;    // where those of the future that is asked now begin
  std::vector<FutureCore*> targets_;
  std::vector<Level> levels_;
};

}  // namespace weft
