// Locks, semaphores, events, conditions and barriers between more workers than there are cores, while another thread cancels at random.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "weft/primitives/barrier.h"
#include "weft/primitives/event.h"
#include "weft/primitives/semaphore.h"
#include "weft/runtime/base/random.h"

namespace weft::tests {
namespace {

constexpr bool kSlow = kAsan || kTsan;
constexpr auto kLength = kSlow ? 700ms : 250ms;
constexpr int kTasks = 24;

// A thread that cancels tasks at random, and may do something else in between.
class Canceller {
 public:
  explicit Canceller(std::function<void()> also = [] {}) : also_(std::move(also)), thread_([this] { run(); }) {}
  Canceller(const Canceller&) = delete;
  Canceller& operator=(const Canceller&) = delete;
  ~Canceller() { stop(); }
  // Before the loop ends whose tasks it wakes.
  void stop() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  void set_victims(std::vector<Task<void>> victims) {
    const std::lock_guard lock(mutex_);
    victims_ = std::move(victims);
  }
  long cancelled() const { return cancelled_; }

 private:
  void run() {
    Random random(1);
    while (!over_) {
      Task<void> victim;
      {
        const std::lock_guard lock(mutex_);
        if (!victims_.empty()) victim = victims_[random.below(static_cast<unsigned>(victims_.size()))];
      }
      if (victim && victim.cancel()) ++cancelled_;
      also_();
      std::this_thread::yield();
    }
  }

  const std::function<void()> also_;
  std::mutex mutex_;  // victims_
  std::vector<Task<void>> victims_;
  std::atomic<bool> over_{false};
  std::atomic<long> cancelled_{0};
  std::thread thread_;
};

class PrimitivesStress : public ::testing::TestWithParam<Setting> {
 protected:
  // In real time, round after round: all of the tasks that `make(number)` gives, some of which are cancelled; then what `check()` gives.
  template <class Make, class Check>
  void rounds(Canceller& canceller, const Make& make, const Check& check) {
    std::atomic<int> begun = 0;
    const auto begin_to = [&](unsigned number) -> Coro<void> {
      ++begun;
      co_await make(number);
    };
    const auto main = [&]() -> Coro<void> {
      const auto begin = std::chrono::steady_clock::now();
      const auto enough = [&](unsigned rounds) {  // however busy the machine is, there are several rounds, and cancels
        return rounds >= 3 && canceller.cancelled() != 0 && std::chrono::steady_clock::now() - begin >= kLength;
      };
      for (unsigned round = 0; !enough(round); ++round) {
        std::vector<Task<void>> tasks;
        for (unsigned i = 0; i < kTasks; ++i) tasks.push_back(create_task(begin_to(round * kTasks + i)));
        // One that is cancelled before its first step would not do its part.
        while (begun != kTasks) co_await sleep(0s);
        begun = 0;
        // Every other one may be cancelled.
        std::vector<Task<void>> victims;
        for (std::size_t i = 0; i < tasks.size(); i += 2) victims.push_back(tasks[i]);
        canceller.set_victims(std::move(victims));
        co_await wait(tasks);
        for (std::size_t i = 1; i < tasks.size(); i += 2) EXPECT_FALSE(tasks[i].cancelled());
        co_await check();
      }
      canceller.stop();
    };
    run(main(), {.workers = GetParam().workers, .order = GetParam().order});
  }
};
INSTANTIATE_TEST_SUITE_P(workers, PrimitivesStress,
                         ::testing::Values(Setting{"depth_first_2", 2, Order::depth_first},
                                           Setting{"depth_first_8", 8, Order::depth_first}),
                         setting_name);

Coro<void> pause(Random& random) {
  const unsigned choice = random.below(4);
  if (choice == 0) co_await sleep(0s);
  if (choice == 1) co_await sleep(std::chrono::microseconds(random.below(50)));
}

TEST_P(PrimitivesStress, a_lock_has_one_holder_and_is_free_in_the_end) {
  Lock lock;
  long plain = 0;  // under the lock
  std::atomic<long> counted = 0;
  const auto user = [&](unsigned seed) -> Coro<void> {
    Random random(seed);
    for (int i = 0; i < 20; ++i) {
      const auto held = co_await lock.scoped();
      const long seen = plain;
      co_await pause(random);
      plain = seen + 1;
      ++counted;
    }
  };
  const auto check = [&]() -> Coro<void> {
    EXPECT_EQ(lock.describe(), "<Lock unlocked>");
    co_return;
  };
  Canceller canceller;
  rounds(canceller, user, check);
  EXPECT_EQ(plain, counted);
}

TEST_P(PrimitivesStress, a_semaphore_has_all_its_permits_in_the_end) {
  constexpr int kPermits = 3;
  BoundedSemaphore semaphore(kPermits);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  struct Leaves {
    std::atomic<int>& count;
    ~Leaves() { --count; }
  };
  const auto user = [&](unsigned seed) -> Coro<void> {
    Random random(seed);
    for (int i = 0; i < 20; ++i) {
      const auto held = co_await semaphore.scoped();
      const int now = ++inside;
      const Leaves leaves{inside};
      if (now > most) most = now;
      co_await pause(random);
    }
  };
  const auto check = [&]() -> Coro<void> {
    EXPECT_EQ(semaphore.describe(), "<BoundedSemaphore unlocked, value 3>");
    co_return;
  };
  Canceller canceller;
  rounds(canceller, user, check);
  EXPECT_LE(most, kPermits);
}

// Permits that another thread releases, several at once: none is lost or made.
TEST_P(PrimitivesStress, a_semaphore_gives_each_permit_that_another_thread_releases_once) {
  Semaphore semaphore(0);
  std::atomic<long> released = 0;
  std::atomic<long> taken = 0;
  const auto user = [&](unsigned) -> Coro<void> {
    for (int i = 0; i < 5; ++i) {
      co_await semaphore.acquire();
      ++taken;
    }
  };
  const auto check = []() -> Coro<void> { co_return; };
  Canceller canceller([&] {
    for (int i = 0; i < 3 && released < taken + 200; ++i) {
      ++released;
      semaphore.release();
    }
  });
  rounds(canceller, user, check);
  EXPECT_EQ(taken + semaphore.value(), released);
  EXPECT_EQ(semaphore.describe().find("waiting"), std::string::npos) << semaphore.describe();
}

TEST_P(PrimitivesStress, an_event_that_other_threads_set_and_clear_lets_everybody_go_on) {
  Event event;
  const auto user = [&](unsigned seed) -> Coro<void> {
    Random random(seed);
    for (int i = 0; i < 10; ++i) {
      co_await event.wait();
      co_await pause(random);
    }
  };
  const auto check = [&]() -> Coro<void> {
    EXPECT_EQ(event.describe().find("waiting"), std::string::npos) << event.describe();
    co_return;
  };
  Canceller canceller([&] {
    event.set();
    event.clear();
  });
  rounds(canceller, user, check);
}

// A buffer of a few places: as many items come in as go out or are left. Who cannot go on any more is sent home by the last one.
TEST_P(PrimitivesStress, conditions_over_one_lock_lose_no_notification) {
  constexpr int kPlaces = 3;
  Lock lock;
  Condition not_full(lock), not_empty(lock);
  int items = 0;  // this and the following: under the lock
  long put = 0;
  long got = 0;
  int producers = kTasks / 2;
  int consumers = kTasks / 2;
  struct Home {  // the side that has nobody left lets the other one go
    int& left;
    Condition& other;
    ~Home() {
      --left;
      other.notify_all();
    }
  };
  const auto produces = [&](Random& random) -> Coro<void> {
    for (int i = 0; i < 20; ++i) {
      const auto held = co_await lock.scoped();
      co_await not_full.wait_for([&] { return items < kPlaces || consumers == 0; });
      if (consumers == 0) co_return;
      ++items;
      ++put;
      not_empty.notify();
      if (random.below(8) == 0) co_await sleep(0s);
    }
  };
  const auto consumes = [&](Random& random) -> Coro<void> {
    for (int i = 0; i < 20; ++i) {
      const auto held = co_await lock.scoped();
      co_await not_empty.wait_for([&] { return items > 0 || producers == 0; });
      if (items == 0) co_return;
      --items;
      ++got;
      not_full.notify();
      if (random.below(8) == 0) co_await sleep(0s);
    }
  };
  const auto goes_home = [&](int& left, Condition& other) -> Coro<void> {
    const auto held = co_await lock.scoped();
    const Home home{left, other};
  };
  const auto user = [&](unsigned number) -> Coro<void> {
    Random random(number);
    const bool producer = number % kTasks < kTasks / 2;
    std::exception_ptr cancelled;
    try {
      if (producer) co_await produces(random);
      if (!producer) co_await consumes(random);
    } catch (const CancelledError&) {
      cancelled = std::current_exception();
    }
    for (bool home = false; !home;) {
      try {
        if (producer) co_await goes_home(producers, not_empty);
        if (!producer) co_await goes_home(consumers, not_full);
        home = true;
      } catch (const CancelledError&) {
        cancelled = std::current_exception();
      }
    }
    if (cancelled != nullptr) std::rethrow_exception(cancelled);
  };
  const auto check = [&]() -> Coro<void> {
    EXPECT_EQ(lock.describe(), "<Lock unlocked>");
    EXPECT_EQ(not_full.describe(), "<Condition unlocked>");
    EXPECT_EQ(not_empty.describe(), "<Condition unlocked>");
    EXPECT_EQ(put, got + items);
    EXPECT_EQ(producers + consumers, 0);
    producers = consumers = kTasks / 2;
    co_return;
  };
  Canceller canceller;
  rounds(canceller, user, check);
  EXPECT_GT(got, 0);
}

TEST_P(PrimitivesStress, a_barrier_that_is_aborted_lets_everybody_go_and_is_as_new_after_a_reset) {
  Barrier barrier(4);
  std::atomic<int> left = kTasks;
  std::atomic<long> passed = 0;
  const auto parts = [&](Random& random) -> Coro<void> {
    for (int i = 0; i < 10; ++i) {
      co_await barrier.wait();
      ++passed;
      co_await pause(random);
    }
  };
  // Who goes leaves the others too few to go on.
  const auto user = [&](unsigned seed) -> Coro<void> {
    Random random(seed);
    try {
      co_await parts(random);
    } catch (const BrokenBarrierError&) {
    } catch (const CancelledError&) {
    }
    for (bool aborted = --left >= barrier.parties(); !aborted;) {
      try {
        co_await barrier.abort();
        aborted = true;
      } catch (const CancelledError&) {
      }
    }
  };
  const auto check = [&]() -> Coro<void> {
    EXPECT_EQ(barrier.n_waiting(), 0);
    EXPECT_EQ(barrier.describe(), "<Barrier broken>");
    left = kTasks;
    co_await barrier.reset();
  };
  Canceller canceller;
  rounds(canceller, user, check);
  EXPECT_GT(passed, 0);
}

// Others release the lock under the feet of those that call wait(), at any moment: they are refused or wait, and nothing breaks.
TEST_P(PrimitivesStress, a_condition_whose_lock_others_release_refuses_or_waits_and_goes_on) {
  constexpr int kWaiters = 4;
  Condition condition;
  std::atomic<int> ended = 0;
  std::atomic<long> refused = 0;
  std::atomic<long> went_on = 0;
  const auto attempt = [](const auto& call) {
    try {
      call();
    } catch (const RuntimeError&) {
    }
  };
  const auto waits = [&]() -> Coro<void> {
    for (int i = 0; i < (kSlow ? 100 : 500); ++i) {
      co_await condition.acquire();
      try {
        co_await condition.wait();
        ++went_on;
      } catch (const RuntimeError&) {
        ++refused;
      }
      attempt([&condition] { condition.release(); });
    }
    ++ended;
  };
  const auto releases = [&]() -> Coro<void> {
    while (ended != kWaiters) {
      for (int i = 0; i < 1000; ++i) {
        if (condition.locked()) attempt([&condition] { condition.release(); });
      }
      co_await condition.acquire();
      attempt([&condition] { condition.notify_all(); });
      attempt([&condition] { condition.release(); });
      co_await sleep(0s);
    }
  };
  const auto main = [&]() -> Coro<void> {
    std::vector<Task<void>> tasks;
    for (int i = 0; i < kWaiters; ++i) tasks.push_back(create_task(waits()));
    for (int i = 0; i < 2; ++i) tasks.push_back(create_task(releases()));
    for (const Task<void>& task : tasks) co_await task;
  };
  run(main(), {.workers = GetParam().workers, .order = GetParam().order});
  EXPECT_EQ(refused + went_on, kWaiters * (kSlow ? 100 : 500));
  EXPECT_EQ(condition.describe().find("waiting"), std::string::npos) << condition.describe();
}

}  // namespace
}  // namespace weft::tests
