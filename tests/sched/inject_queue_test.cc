#include "weft/runtime/sched/inject_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <map>
#include <thread>
#include <vector>

#include "sched/recorded_work.h"

namespace weft {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(InjectQueue, gives_everything_in_order_behind_what_was_there) {
  RecordedWork zero, one, two;
  InjectQueue queue;
  EXPECT_TRUE(queue.empty());
  queue.push(&one);
  queue.push(&two);
  EXPECT_FALSE(queue.empty());
  std::vector<Work*> works{&zero};
  queue.take_all(works);
  EXPECT_THAT(works, ElementsAre(&zero, &one, &two));
  EXPECT_TRUE(queue.empty());
}

TEST(InjectQueue, an_empty_one_adds_nothing) {
  RecordedWork once;
  InjectQueue queue;
  std::vector<Work*> works;
  queue.take_all(works);
  EXPECT_THAT(works, IsEmpty());
  queue.push(&once);
  queue.take_all(works);
  queue.take_all(works);
  EXPECT_THAT(works, ElementsAre(&once));
}

TEST(InjectQueue, keeps_the_order_of_each_thread_that_pushes) {
  static constexpr std::size_t threads = 4;
  static constexpr std::size_t each = 2000;
  static std::array<std::array<RecordedWork, each>, threads> works;
  InjectQueue queue;
  std::vector<Work*> taken;
  {
    std::vector<std::jthread> running;
    for (auto& mine : works) {
      running.emplace_back([&queue, &mine] {
        for (RecordedWork& work : mine) queue.push(&work);
      });
    }
    while (taken.size() < threads * each) {
      if (queue.empty()) {
        std::this_thread::yield();
      } else {
        queue.take_all(taken);
      }
    }
  }
  std::map<const Work*, std::size_t> places;
  for (std::size_t place = 0; place < taken.size(); ++place) places[taken[place]] = place;
  ASSERT_EQ(places.size(), threads * each) << "each work once";
  for (const auto& mine : works) {
    for (std::size_t i = 1; i < each; ++i) ASSERT_LT(places[&mine[i - 1]], places[&mine[i]]);
  }
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace weft
