#include "weft/primitives/waiting_task.h"

#include <gtest/gtest.h>

#include <atomic>
#include <coroutine>
#include <string>
#include <thread>
#include <vector>

#include "task/settings.h"
#include "weft/primitives/event.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft::tests {
namespace {

// Comes into a line out of which another thread takes it before its task has suspended.
class TakenAtOnce : public WaitingTask {
 public:
  ~TakenAtOnce() {
    if (waker_.joinable()) waker_.join();
  }
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    const auto queue = [this] {
      waker_ = std::thread([this] {
        taken_ = true;
        wake();
      });
      for (SpinWait spin; !taken_;) spin.once();
      return false;
    };
    return suspend(awaiting, "a test", queue, [] { return false; });
  }
  void await_resume() {
    was_queued();
    if (take_throw()) throw_cancelled();
  }
  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override { return Reply::too_late; }

 private:
  std::thread waker_;
  std::atomic<bool> taken_{false};
};

Coro<void> taken_with_a_cancel_pending() {
  Event event;
  const auto waits = [&event]() -> Coro<std::string> {
    std::string text = "woken";
    TakenAtOnce taken;
    current_task().cancel();
    try {
      co_await taken;
    } catch (const CancelledError&) {
      text = "thrown";
    }
    co_await event.wait();
    co_return event.is_set() ? text : "resumed twice";
  };
  const Task<std::string> task = create_task(waits);
  co_await sleep(1ms);
  event.set();
  EXPECT_EQ(co_await task, "thrown");
}
class WaitingTaskEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, WaitingTaskEverywhere, every_setting, setting_name);

TEST_P(WaitingTaskEverywhere, that_is_taken_before_a_pending_cancel_took_it_out_of_the_line_throws_and_goes_on_once) {
  run_here(taken_with_a_cancel_pending());
}

}  // namespace
}  // namespace weft::tests
