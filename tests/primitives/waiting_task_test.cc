#include "weft/primitives/waiting_task.h"

#include <gtest/gtest.h>

#include <atomic>
#include <coroutine>
#include <string>
#include <thread>
#include <vector>

#include "task/settings.h"
#include "weft/primitives/barrier.h"
#include "weft/primitives/event.h"
#include "weft/primitives/semaphore.h"

namespace weft::tests {
namespace {

class WaitingTaskEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, WaitingTaskEverywhere, every_setting, setting_name);

constexpr const char* kElsewhere =
    " is bound to a different event loop: once a task has waited for it only tasks of the same loop can; make one for "
    "each";

// What `call()`, awaited, says.
template <class Call>
Coro<std::string> refusal_of(Call call) {
  try {
    co_await call();
  } catch (const RuntimeError& error) {
    co_return error.what();
  }
  co_return "nothing";
}

// Lets a task wait for `primitive`, by acquire(), and go on.
template <class Primitive>
Coro<void> wait_once(Primitive& primitive) {
  const auto acquires = [](Primitive* given) -> Coro<void> { const auto held = co_await given->scoped(); };
  co_await primitive.acquire();
  const Task<void> waits = create_task(acquires(&primitive));
  co_await sleep(1ms);
  primitive.release();
  co_await waits;
}
template <class Primitive>
Coro<void> is_refused(Primitive& primitive, std::string text) {
  co_await primitive.acquire();
  const auto acquires = [&primitive]() -> Coro<void> { co_await primitive.acquire(); };
  const std::string said = co_await refusal_of(acquires);
  EXPECT_EQ(said, text + kElsewhere);
  EXPECT_EQ(primitive.describe(), text) << "it is held, and nobody waits";
  primitive.release();
}

TEST(WaitingTask, is_refused_at_a_lock_for_which_tasks_of_another_loop_have_waited) {
  Lock lock;
  run_in_order(wait_once(lock));
  run_in_order(is_refused(lock, "<Lock locked>"));
  EXPECT_EQ(lock.describe(), "<Lock unlocked>");
}
TEST(WaitingTask, is_refused_at_a_semaphore_for_which_tasks_of_another_loop_have_waited) {
  Semaphore semaphore;
  run_in_order(wait_once(semaphore));
  run_in_order(is_refused(semaphore, "<Semaphore locked>"));
  EXPECT_EQ(semaphore.value(), 1);
}

Coro<void> times_out(Event& event) {
  bool late = false;
  const auto waits = [&event]() -> Coro<void> { co_await event.wait(); };
  try {
    co_await with_timeout(1ms, waits);
  } catch (const TimeoutError&) {
    late = true;
  }
  EXPECT_TRUE(late);
}
Coro<void> is_refused_at_an_event(Event& event) {
  const auto waits = [&event]() -> Coro<void> { co_await event.wait(); };
  const std::string said = co_await refusal_of(waits);
  EXPECT_EQ(said, std::string("<Event unset>") + kElsewhere);
  event.set();
  EXPECT_TRUE(co_await event.wait()) << "what is set is not waited for";
}
TEST(WaitingTask, is_refused_at_an_event_for_which_tasks_of_another_loop_have_waited) {
  Event event;
  run_in_order(times_out(event));
  run_in_order(is_refused_at_an_event(event));
}

Coro<void> waits_at(Condition& condition) {
  const auto held = co_await condition.scoped();
  const auto notifies = [](Condition* given) -> Coro<void> {
    const auto again = co_await given->scoped();
    given->notify();
  };
  const Task<void> other = create_task(notifies(&condition));
  co_await condition.wait();
  co_await other;
}
Coro<void> is_refused_at_a_condition(Condition& condition) {
  const auto held = co_await condition.scoped();
  const auto waits = [&condition]() -> Coro<void> { co_await condition.wait(); };
  const std::string said = co_await refusal_of(waits);
  EXPECT_EQ(said, std::string("<Condition locked>") + kElsewhere);
  EXPECT_EQ(condition.describe(), "<Condition locked>");
}
TEST(WaitingTask, that_waited_at_a_condition_of_another_loop_keeps_the_lock) {
  Condition condition;
  run_in_order(waits_at(condition));
  run_in_order(is_refused_at_a_condition(condition));
  EXPECT_FALSE(condition.locked());
}

// The lock is of another loop than the condition: as in asyncio the wait ends without the lock, and the next one is notified.
Coro<void> loses_the_lock(Condition& condition, Lock& lock) {
  std::vector<std::string> said(2);
  const auto waits = [](Condition* given, std::string* text) -> Coro<void> {
    co_await given->acquire();
    const auto inner = [given]() -> Coro<void> { co_await given->wait(); };
    *text = co_await refusal_of(inner);
  };
  std::vector<Task<void>> tasks;
  for (std::string& text : said) {
    tasks.push_back(create_task(waits, &condition, &text));
    co_await sleep(1ms);
  }
  EXPECT_EQ(condition.describe(), "<Condition unlocked, 2 waiting>");
  co_await lock.acquire();
  condition.notify();
  co_await wait(tasks);
  for (const std::string& text : said) EXPECT_EQ(text, std::string("<Lock locked>") + kElsewhere);
  EXPECT_TRUE(lock.locked());
  lock.release();
}
TEST(WaitingTask, that_was_notified_at_a_condition_whose_lock_is_another_loops_notifies_another) {
  Lock lock;
  Condition condition(lock);
  run_in_order(wait_once(lock));
  run_in_order(loses_the_lock(condition, lock));
}

Coro<void> pass(Barrier& barrier) {
  const Task<int> other = create_task(barrier.wait());
  co_await sleep(1ms);
  co_await barrier.wait();
  co_await other;
}
Coro<void> is_refused_at_a_barrier(Barrier& barrier) {
  const auto waits = [&barrier]() -> Coro<void> { co_await barrier.wait(); };
  const std::string said = co_await refusal_of(waits);
  EXPECT_EQ(said, std::string("<Condition locked>") + kElsewhere);
}
TEST(WaitingTask, is_refused_at_a_barrier_and_not_counted_when_tasks_of_another_loop_have_waited_there) {
  Barrier barrier(2);
  run_in_order(pass(barrier));
  run_in_order(is_refused_at_a_barrier(barrier));
  EXPECT_EQ(barrier.describe(), "<Barrier filling, 0 of 2 waiting>");
}

Coro<void> uses_alone(Lock& lock, Semaphore& semaphore, Event& event) {
  for (int i = 0; i < 3; ++i) {
    const auto held = co_await lock.scoped();
    const auto permit = co_await semaphore.scoped();
    event.set();
    co_await event.wait();
    event.clear();
  }
}
Coro<void> waits_for_all(Lock& lock, Semaphore& semaphore) {
  co_await wait_once(lock);
  co_await wait_once(semaphore);
}
TEST_P(WaitingTaskEverywhere, may_use_what_nobody_waits_for_in_any_loop) {
  Lock lock;
  Semaphore semaphore;
  Event event;
  run_here(uses_alone(lock, semaphore, event));
  run_here(waits_for_all(lock, semaphore));
  run_here(uses_alone(lock, semaphore, event));
}
TEST_P(WaitingTaskEverywhere, may_wait_again_in_a_later_run_of_the_same_loop) {
  Lock lock;
  Runner runner(options());
  runner.run(wait_once(lock));
  runner.run(wait_once(lock));
  EXPECT_FALSE(lock.locked());
}

// A line whose place is woken by another thread while its task is on its way into it.
class WokenOnItsWay final : public WaitingTask {
 public:
  ~WokenOnItsWay() {
    if (waker_.joinable()) waker_.join();
  }
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    const auto queue = [this] {
      queue_.push(*this);
      waker_ = std::thread([this] {
        WaitingTask* woken = queue_.wake_next();
        taken_ = true;
        woken->wake();
      });
      while (!taken_) std::this_thread::yield();
      return false;
    };
    return suspend(awaiting, "WokenOnItsWay", queue, [this] { return queue_.cancel(*this); });
  }
  void await_resume() {
    waker_.join();
    if (was_queued()) queue_.leave(*this);
    if (take_throw()) throw_cancelled();
  }
  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override { return Reply::too_late; }
  std::string describe_wait() const override { return "<WokenOnItsWay>"; }

 private:
  WaitQueue<WaitingTask> queue_;
  std::atomic<bool> taken_{false};  // orders what both threads do to the queue
  std::thread waker_;
};
Coro<void> woken_while_a_cancel_is_pending() {
  const TimePoint begin = get_running_loop().time();
  current_task().cancel("meanwhile");
  std::string message;
  try {
    co_await WokenOnItsWay();
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "meanwhile");
  current_task().uncancel();
  co_await sleep(1ms);
  EXPECT_EQ(get_running_loop().time() - begin, 1ms) << "it was put on the run queue twice";
}
TEST_P(WaitingTaskEverywhere, goes_on_once_when_it_is_woken_on_its_way_into_the_line_while_a_cancel_is_pending) {
  run_here(woken_while_a_cancel_is_pending());
}

// Tasks of two loops at once, each in a thread of its own.
Coro<void> uses(Lock& lock, std::atomic<int>& inside, std::atomic<bool>& refused) {
  try {
    for (int i = 0; i < 200; ++i) {
      const auto held = co_await lock.scoped();
      EXPECT_EQ(++inside, 1);
      co_await sleep(0s);
      --inside;
    }
  } catch (const RuntimeError&) {
    refused = true;
  }
}
Coro<void> two_users(Lock& lock, std::atomic<int>& inside, std::atomic<bool>& refused) {
  const Task<void> one = create_task(uses(lock, inside, refused));
  const Task<void> two = create_task(uses(lock, inside, refused));
  co_await one;
  co_await two;
}
TEST_P(WaitingTaskEverywhere, of_one_of_two_loops_that_share_a_lock_is_refused_and_the_other_goes_on) {
  Lock lock;
  std::atomic<int> inside = 0;
  std::vector<std::atomic<bool>> refused(2);
  std::vector<std::thread> threads;
  for (std::atomic<bool>& own : refused) {
    threads.emplace_back([&] {
      VirtualClock clock;
      RunOptions own_options = options();
      own_options.clock = &clock;
      run(two_users(lock, inside, own), own_options);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(refused[0] && refused[1]) << "it belongs to one of them";
  EXPECT_EQ(lock.describe(), "<Lock unlocked>");
}

Coro<void> wakes_each_other(Event& event) {
  const auto waits = [](Event* given) -> Coro<void> { co_await given->wait(); };
  const Task<void> task = create_task(waits(&event));
  co_await sleep(1ms);
  event.set();
  EXPECT_FALSE(task.done() && get_running_loop().workers() == 1) << "it goes on later, not inside set()";
  co_await task;
}
TEST_P(WaitingTaskEverywhere, never_goes_on_inside_the_call_that_wakes_it) {
  Event event;
  run_here(wakes_each_other(event));
}

}  // namespace
}  // namespace weft::tests
