#include "weft/primitives/name.h"

#include <gtest/gtest.h>

#include <string>

#include "weft/primitives/barrier.h"
#include "weft/primitives/event.h"
#include "weft/primitives/semaphore.h"

namespace weft::tests {
namespace {

TEST(Name, stands_behind_the_type_in_a_description) {
  EXPECT_EQ(Lock("database").describe(), "<Lock 'database' unlocked>");
  EXPECT_EQ(Event(std::string("ready")).describe(), "<Event 'ready' unset>");
  EXPECT_EQ(Condition("changed").describe(), "<Condition 'changed' unlocked>");
  EXPECT_EQ(Semaphore(2, "slots").describe(), "<Semaphore 'slots' unlocked, value 2>");
  EXPECT_EQ(BoundedSemaphore(0, "slots").describe(), "<BoundedSemaphore 'slots' locked>");
  EXPECT_EQ(Barrier(2, "meeting").describe(), "<Barrier 'meeting' filling, 0 of 2 waiting>");
}
TEST(Name, of_no_text_is_not_shown) {
  EXPECT_EQ(Lock("").describe(), Lock().describe());
  EXPECT_EQ(sizeof(Name), sizeof(void*));
}

}  // namespace
}  // namespace weft::tests
