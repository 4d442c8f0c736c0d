#pragma once
// basic_queue: what Queue, PriorityQueue and LifoQueue have in common, in everything but the order of their items.
//
//   asyncio   asyncio.Queue
//   members   those that put and get are of queue_core.h, which also says in which order, and what a cancel does.
//   errors    ValueError: more task_done() than items; a maxsize above 2^60 - 1. QueueFull, QueueEmpty: the nowait forms. QueueShutDown: everything
//             that puts after shutdown(), and what gets when the last item has gone.
//   threads   every member from any task of the loop; those that await nothing from any thread.
//   memory    what was done before a put is seen behind the get of its item, what was done before task_done() behind join().
//   cost      see the class.
//   life      outlives those that wait.

#include <coroutine>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "weft/primitives/name.h"
#include "weft/primitives/queue_core.h"
#include "weft/primitives/queue_errors.h"
#include "weft/primitives/queue_texts.h"

namespace weft {

// Items: FifoItems or LockedItems, of StoredItem<T>.
template <class T, class Items>
class BasicQueue : public QueueCore<T, Items, QueueTexts, BasicQueue<T, Items>> {
  using Core = QueueCore<T, Items, QueueTexts, BasicQueue<T, Items>>;

 public:
  class Join;

  // An item that was got was worked on; so many of them.
  void task_done(std::uint64_t count = 1);
  // Awaited: every item that was put was worked on.
  Join join() noexcept { return Join(*this); }
  // Nobody puts any more. Those that get have what is there; `immediate`: that goes at once, and counts as done.
  void shutdown(bool immediate = false) { this->end(immediate); }

  // Snapshots. maxsize() is what the queue was made with.
  bool empty() const { return this->qsize() == 0; }
  bool full() const { return state().size() >= state().most(); }
  std::int64_t maxsize() const noexcept { return maxsize_; }
  // "<Queue maxsize=8 size=3 getters=2 unfinished=5>"
  std::string describe() const;

 protected:
  template <class... Args>
  BasicQueue(const char* type, std::int64_t maxsize, Name name, Args&&... args)
      : Core(QueueTexts::checked_size(maxsize, Items::kMost), std::forward<Args>(args)...),
        maxsize_(maxsize),
        type_(type),
        name_(std::move(name)) {}
  ~BasicQueue() = default;

 private:
  using Core::state;

  const std::int64_t maxsize_;
  const char* const type_;
  const Name name_;
};

template <class T, class Items>
class [[nodiscard("co_await queue.join()")]] BasicQueue<T, Items>::Join final : public WaitingTask {
 public:
  explicit Join(BasicQueue & queue) noexcept : queue_(queue) {}
  Join(Join &&) noexcept = default;
  ~Join() { give_up(); }

  bool await_ready() const { return queue_.state().unfinished() == 0; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, "Queue.join", [this] { return !queue_.state().queue_joiner(*this); },
        [this] { return queue_.state().cancel_joiner(*this); });
  }
  void await_resume() {
    give_up();
    if (take_throw()) throw_cancelled();
  }

  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override {
    return queue_.state().cancel_joiner(*this) ? Reply::cut_short : Reply::too_late;
  }
  std::string describe_wait() const override { return queue_.describe(); }

 private:
  void give_up() {
    if (was_queued()) queue_.state().joiner_gives_up(*this);
  }
  BasicQueue& queue_;
};

template <class T, class Items>
void BasicQueue<T, Items>::task_done(std::uint64_t count) {
  IntrusiveList<WaitingTask> woken;
  if (!state().task_done(count, woken)) QueueTexts::refuse_done(count, state().unfinished());
  WaitingTask::wake_all(woken);
}

template <class T, class Items>
std::string BasicQueue<T, Items>::describe() const {
  return QueueTexts::describe(name_.opening(type_),
                              {.maxsize = maxsize_ <= 0 ? 0 : static_cast<std::uint64_t>(maxsize_),
                               .size = state().size(),
                               .getters = state().getters(),
                               .putters = state().putters(),
                               .unfinished = state().unfinished(),
                               .shut_down = state().is_shut_down()});
}

}  // namespace weft
