#include "weft/primitives/semaphore.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <string>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class SemaphoreEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, SemaphoreEverywhere, every_setting, setting_name);

template <class Call>
std::string refusal_of(Call call) {
  try {
    call();
  } catch (const ValueError& error) {
    return error.what();
  }
  return "nothing";
}

Coro<void> uncontended() {
  Semaphore semaphore(2);
  EXPECT_EQ(semaphore.value(), 2);
  EXPECT_TRUE(co_await semaphore.acquire());
  {
    const auto held = co_await semaphore.scoped();
    EXPECT_TRUE(semaphore.locked());
    EXPECT_EQ(semaphore.describe(), "<Semaphore locked>");
  }
  EXPECT_EQ(semaphore.describe(), "<Semaphore unlocked, value 1>");
  semaphore.release();
  semaphore.release();
  EXPECT_EQ(semaphore.value(), 3) << "it is not bounded";
}
TEST_P(SemaphoreEverywhere, counts_permits) { run_here(uncontended()); }

struct Inside {
  std::atomic<int> now{0};
  std::atomic<int> most{0};
};
Coro<void> enters(Semaphore& semaphore, Inside& inside) {
  for (int i = 0; i < 100; ++i) {
    const auto held = co_await semaphore.scoped();
    const int now = ++inside.now;
    int most = inside.most;
    while (most < now && !inside.most.compare_exchange_weak(most, now)) {
    }
    if (i % 8 == 0) co_await sleep(1ms);  // virtual time passes when all others wait
    --inside.now;
  }
}
Coro<void> limits() {
  Semaphore semaphore(3);
  Inside inside;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 16; ++i) tasks.push_back(create_task(enters(semaphore, inside)));
  for (const Task<void>& task : tasks) co_await task;
  EXPECT_EQ(inside.most, 3);
  EXPECT_EQ(semaphore.value(), 3);
}
TEST_P(SemaphoreEverywhere, lets_as_many_in_as_it_has_permits) { run_here(limits()); }

Coro<void> takes(Semaphore& semaphore, std::vector<int>& order, int number) {
  co_await semaphore.acquire();
  order.push_back(number);
}
// CPython's test_release_no_waiters and its like: 1, 2, 3, 4.
Coro<void> order() {
  Semaphore semaphore(0);
  std::vector<int> order;
  std::vector<Task<void>> tasks;
  for (int i = 1; i <= 4; ++i) tasks.push_back(create_task(takes(semaphore, order, i)));
  co_await sleep(0s);
  for (int i = 0; i < 4; ++i) semaphore.release();
  EXPECT_TRUE(semaphore.locked()) << "those that were woken have not run yet";
  co_await wait(tasks);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4}));
}
TEST(Semaphore, gives_permits_in_the_order_in_which_tasks_came) { run_in_order(order()); }

Coro<void> given_and_cancelled() {
  Semaphore semaphore(0);
  std::vector<int> order;
  const Task<void> first = create_task(takes(semaphore, order, 1));
  const Task<void> second = create_task(takes(semaphore, order, 2));
  co_await sleep(0s);
  semaphore.release();
  first.cancel();
  co_await wait(only(first));
  co_await second;
  EXPECT_TRUE(first.cancelled());
  EXPECT_EQ(order, std::vector<int>{2});
  EXPECT_EQ(semaphore.value(), 0);
}
TEST(Semaphore, passes_a_permit_on_that_was_given_to_a_task_that_is_cancelled) { run_in_order(given_and_cancelled()); }

TEST(Semaphore, refuses_numbers_that_make_no_sense) {
  EXPECT_EQ(refusal_of([] { Semaphore semaphore(-1); }), "Semaphore initial value must be >= 0, but -1 was given");
  EXPECT_NE(refusal_of([] { Semaphore semaphore(std::numeric_limits<std::int64_t>::max()); }), "nothing");
  Semaphore full((std::int64_t{1} << 62) - 1);
  EXPECT_NE(refusal_of([&] { full.release(); }), "nothing");
  EXPECT_EQ(full.value(), (std::int64_t{1} << 62) - 1);
}

TEST(BoundedSemaphore, refuses_more_releases_than_it_had_permits) {
  BoundedSemaphore semaphore(1);
  EXPECT_EQ(refusal_of([&] { semaphore.release(); }),
            "BoundedSemaphore released too many times: it has all of its 1 permits");
  EXPECT_EQ(semaphore.value(), 1);
  EXPECT_EQ(refusal_of([] { BoundedSemaphore negative(-2); }),
            "BoundedSemaphore initial value must be >= 0, but -2 was given");
}

}  // namespace
}  // namespace weft::tests
