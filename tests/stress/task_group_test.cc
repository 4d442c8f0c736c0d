// Task groups whose tasks fail, end, add tasks and cancel the group, all at once, in real time.
#include "weft/runtime/flow/task_group.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"
#include "weft/runtime/base/random.h"

namespace weft::tests {
namespace {

constexpr bool kSlow = kAsan || kTsan;
constexpr auto kLength = kSlow ? 1500ms : 700ms;

class TaskGroupStress : public EverySetting {
 protected:
  RunOptions real_time() { return {.workers = GetParam().workers, .order = GetParam().order}; }
};
INSTANTIATE_TEST_SUITE_P(workers, TaskGroupStress, every_setting, setting_name);

struct Seen {
  Census census;
  std::atomic<long> groups{0};
  std::atomic<long> failed{0};
  std::atomic<long> cancelled{0};
  std::atomic<long> ended{0};
  std::atomic<long> outlived{0};
  std::atomic<long> stray{0};
};

Coro<void> child(TaskGroup& group, unsigned seed, int depth, Census& census) {
  const Tracked local(census);
  Random random(seed);
  co_await sleep(std::chrono::microseconds(random.below(60)));
  switch (random.below(16)) {
    case 0:
      throw ValueError("a child");
    case 1:
      group.cancel();
      break;
    case 2:
    case 3:
    case 4:
      if (depth > 0) {
        try {
          group.create_task(child(group, seed + 1, depth - 1, census));
        } catch (const RuntimeError&) {  // the group is shutting down
        }
      }
      break;
    case 5:
      throw CancelledError();
    default:
      break;
  }
  co_await sleep(std::chrono::microseconds(random.below(60)));
}

Coro<void> one_group(unsigned seed, Seen& seen) {
  Census census;
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (unsigned i = 0; i < 8; ++i) {
      try {
        group.create_task(child(group, seed * 8 + i, 2, census));
      } catch (const RuntimeError&) {
        break;
      }
    }
    co_await sleep(std::chrono::microseconds(seed % 100));
  };
  bool outside = false;
  try {
    co_await with_task_group(block);
    ++seen.ended;
  } catch (const ExceptionGroup&) {
    ++seen.failed;
  } catch (const CancelledError&) {
    outside = true;
  }
  ++seen.groups;
  if (census.alive() != 0) ++seen.outlived;
  if (outside) {
    ++seen.cancelled;
    throw CancelledError();
  }
}

// The cancels that this task asked for are all that it may get.
Coro<void> uncancelled(unsigned seed, Seen& seen) {
  bool cancelled = false;
  try {
    co_await one_group(seed, seen);
    co_await sleep(0s);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (cancelled || current_task().cancelling() != 0) ++seen.stray;
}

Coro<void> many_groups(Seen& seen) {
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned round = 0; std::chrono::steady_clock::now() - begin < kLength; ++round) {
    std::vector<Task<void>> alone;
    std::vector<Task<void>> victims;
    for (unsigned i = 0; i < 12; ++i) {
      alone.push_back(create_task(uncancelled(round * 24 + i, seen)));
      victims.push_back(create_task(one_group(round * 24 + 12 + i, seen)));
    }
    co_await sleep(std::chrono::microseconds(round % 80));
    for (const Task<void>& victim : victims) victim.cancel();
    for (const Task<void>& task : alone) co_await task;
    static_cast<void>(co_await gather(return_exceptions, victims));
  }
}
TEST_P(TaskGroupStress, a_group_ends_after_all_of_its_tasks_and_leaves_no_cancel_behind) {
  Seen seen;
  run(many_groups(seen), real_time());
  EXPECT_EQ(seen.outlived, 0) << "of " << seen.groups << " groups";
  EXPECT_EQ(seen.stray, 0);
  EXPECT_GT(seen.failed, 0);
  EXPECT_GT(seen.ended, 0);
}

}  // namespace
}  // namespace weft::tests
