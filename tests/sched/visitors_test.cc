#include "weft/runtime/sched/visitors.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace weft::tests {
namespace {

TEST(Visitors, keep_nobody_waiting_when_they_have_gone) {
  Visitors visitors;
  visitors.wait_until_gone();
  { const Visitors::Visit visit(visitors); }
  visitors.wait_until_gone();
}

TEST(Visitors, are_waited_for_until_the_last_one_has_gone) {
  Visitors visitors;
  std::optional<Visitors::Visit> one(std::in_place, visitors);
  std::optional<Visitors::Visit> two(std::in_place, visitors);
  std::atomic<int> gone = 0;
  std::thread guests([&] {
    gone = 1;
    one.reset();
    gone = 2;
    two.reset();
  });
  visitors.wait_until_gone();
  EXPECT_EQ(gone, 2);
  guests.join();
}

}  // namespace
}  // namespace weft::tests
