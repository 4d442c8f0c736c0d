// Futures that many threads set, cancel and wait for at once: one of them wins, every waiter resumes once.
#include "weft/runtime/task/future.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

#include "task/settings.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft::tests {
namespace {

constexpr bool kSlow = kAsan || kTsan;

Coro<int> wait_for(Future<int> future, std::atomic<int>& resumed) {
  try {
    const int value = co_await future;
    ++resumed;
    co_return value;
  } catch (const CancelledError&) {
    ++resumed;
    co_return -1;
  }
}

// Each round: several threads race to end one future while tasks wait for it.
class Race {
 public:
  static constexpr int kThreads = 3;
  static constexpr int kWaiters = 8;

  void run_rounds(int rounds, int workers) {
    for (int thread = 0; thread < kThreads; ++thread) threads_.emplace_back([this, thread] { compete(thread); });
    run(main(rounds), {.workers = workers});
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void compete(int thread) {
    for (;;) {
      start_.arrive_and_wait();
      if (over_) return;
      const Future<int> mine = future_;
      const bool won = thread == 0 ? mine.cancel() : mine.try_set_result(thread);
      if (won) winner_ += thread == 0 ? -1 : thread;
      if (won) ++winners_;
      end_.arrive_and_wait();
    }
  }
  Coro<void> main(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      future_ = get_running_loop().create_future<int>();
      winner_ = 0;
      winners_ = 0;
      std::atomic<int> resumed = 0;
      std::atomic<int> called = 0;
      std::vector<Task<int>> waiters;
      for (int i = 0; i < kWaiters; ++i) waiters.push_back(create_task(wait_for(future_, resumed)));
      future_.add_done_callback([&called](const AnyFuture&) { ++called; });
      if (round % 2 == 0) co_await sleep(0s);
      start_.arrive_and_wait();
      end_.arrive_and_wait();
      EXPECT_EQ(winners_, 1);
      EXPECT_TRUE(future_.done());
      for (const Task<int>& waiter : waiters) EXPECT_EQ(co_await waiter, winner_);
      while (called == 0) co_await sleep(0s);
      EXPECT_EQ(resumed, kWaiters);
      EXPECT_EQ(called, 1);
    }
    over_ = true;
    start_.arrive_and_wait();
  }

  std::barrier<> start_{kThreads + 1};
  std::barrier<> end_{kThreads + 1};
  Future<int> future_;
  std::atomic<int> winner_{0};
  std::atomic<int> winners_{0};
  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

TEST(Future, ended_by_several_threads_at_once_has_one_outcome_that_all_waiters_see) {
  for (const int workers : {1, 3}) Race().run_rounds(kSlow ? 300 : 3'000, workers);
}

// Values cross threads: what was written before set_result is seen after the await.
struct Message {
  int payload = 0;
};
Coro<long> receive(int count, std::vector<Message>& messages, std::vector<Future<int>>& futures) {
  long sum = 0;
  for (int i = 0; i < count; ++i) {
    const int index = co_await futures[static_cast<std::size_t>(i)];
    sum += messages[static_cast<std::size_t>(index)].payload;
  }
  co_return sum;
}
TEST(Future, set_from_another_thread_makes_what_came_before_visible) {
  constexpr int count = kSlow ? 2'000 : 50'000;
  EventLoop loop(RunOptions{.workers = 2});
  std::vector<Message> messages(count);
  std::vector<Future<int>> futures;
  for (int i = 0; i < count; ++i) futures.push_back(loop.create_future<int>());
  std::thread sender([&] {
    for (int i = 0; i < count; ++i) {
      messages[static_cast<std::size_t>(i)].payload = 1;
      futures[static_cast<std::size_t>(i)].set_result(i);
    }
  });
  EXPECT_EQ(loop.run_until_complete(receive(count, messages, futures)), count);
  sender.join();
}

// Loops that end as soon as a thread outside has set the only future they wait for.
class LastWait {
 public:
  void run_loops(int loops, int workers) {
    std::jthread outside([this] { set_what_is_given(); });
    for (int i = 0; i < loops; ++i) run(wait_once(), {.workers = workers});
    over_ = true;
  }

 private:
  Coro<void> wait_once() {
    const Future<void> future = get_running_loop().create_future<void>();
    const Task<void> waiter = create_task(await(future));
    given_ = &future;
    // So the workers are awake, and the loop ends while the other thread is still on its way out.
    while (!waiter.done()) co_await sleep(0s);
  }
  static Coro<void> await(Future<void> future) { co_await future; }
  void set_what_is_given() {
    SpinWait wait;
    while (!over_) {
      if (const Future<void>* given = given_.exchange(nullptr); given != nullptr) {
        const Future<void> mine = *given;
        mine.set_result();
        wait = SpinWait();
      } else {
        wait.once();
      }
    }
  }

  std::atomic<const Future<void>*> given_{nullptr};
  std::atomic<bool> over_{false};
};

TEST(Future, that_is_the_last_one_its_loop_waits_for_may_be_set_by_a_thread_that_comes_back_after_the_loop_has_gone) {
  for (const int workers : {1, 3}) LastWait().run_loops(kSlow ? 300 : 2'000, workers);
}

TEST(DoneCallback, added_and_removed_while_the_future_ends_is_called_once_or_was_removed) {
  constexpr int rounds = kSlow ? 500 : 5'000;
  EventLoop loop(RunOptions{.workers = 2});
  std::atomic<int> called = 0;
  std::atomic<int> removed = 0;
  std::barrier<> round_begins(3);
  std::vector<Future<int>> futures;
  for (int i = 0; i < rounds; ++i) futures.push_back(loop.create_future<int>());
  const auto competitor = [&](bool ends) {
    for (int round = 0; round < rounds; ++round) {
      const Future<int>& future = futures[static_cast<std::size_t>(round)];
      if (!ends) {
        const CallbackId id = future.add_done_callback([&called](const AnyFuture&) { ++called; });
        round_begins.arrive_and_wait();
        if (future.remove_done_callback(id)) ++removed;
      } else {
        round_begins.arrive_and_wait();
        future.set_result(round);
      }
    }
  };
  std::thread ender([&] { competitor(true); });
  std::thread one([&] { competitor(false); });
  std::thread other([&] { competitor(false); });
  std::thread stopper([&] {
    ender.join();
    one.join();
    other.join();
    loop.call_later(1ms, [&] {
      const auto wait = [&]() -> Coro<void> {
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (called + removed < 2 * rounds && std::chrono::steady_clock::now() < deadline) co_await sleep(0s);
        get_running_loop().stop();
      };
      create_task(wait);
    });
  });
  loop.run_forever();
  stopper.join();
  EXPECT_EQ(called + removed, 2 * rounds);
}

}  // namespace
}  // namespace weft::tests
