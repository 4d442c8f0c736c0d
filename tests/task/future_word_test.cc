#include "weft/runtime/task/future_word.h"

#include <gtest/gtest.h>

#include "weft/runtime/base/intrusive_list.h"

namespace weft::tests {
namespace {

using Word = FutureWord<>;
struct Node : ListNode {};

TEST(FutureWord, is_ended_by_one) {
  Word word;
  word.live(1);
  EXPECT_TRUE(word.begin_set());
  EXPECT_FALSE(word.begin_set());
  word.abandon_set();
  EXPECT_TRUE(word.begin_set());
  EXPECT_EQ(word.publish(Word::kError, 0), Word::Published::alive);
  EXPECT_EQ(word.state() & Word::kDone, Word::kError);
  EXPECT_FALSE(word.begin_set());
}

TEST(FutureWord, gives_its_listeners_to_whoever_publishes) {
  Word word;
  word.live(1);
  IntrusiveList<Node> listeners, told;
  Node stays, goes, late;
  EXPECT_TRUE(word.listen(listeners, stays));
  EXPECT_TRUE(word.listen(listeners, goes));
  EXPECT_TRUE(word.unlisten(listeners, goes));
  EXPECT_FALSE(word.unlisten(listeners, goes));
  EXPECT_EQ(word.publish(Word::kResult, 0), Word::Published::listened);
  word.publish_to_listeners(Word::kResult, listeners, told);
  EXPECT_EQ(told.pop_front(), &stays);
  EXPECT_TRUE(told.empty());
  EXPECT_FALSE(word.listen(listeners, late));
}

TEST(FutureWord, counts_references_to_the_last) {
  Word word;
  EXPECT_FALSE(word.try_retain()) << "not alive yet";
  word.live(1);
  EXPECT_TRUE(word.try_retain());
  EXPECT_FALSE(word.release());
  EXPECT_EQ(word.publish(Word::kResult, 0), Word::Published::alive);
  EXPECT_FALSE(word.try_retain()) << "done";
  EXPECT_TRUE(word.release());
}

TEST(FutureWord, publishes_a_result_and_gives_up_a_reference_at_once_unless_it_is_the_last) {
  Word word;
  word.live(2);
  EXPECT_FALSE(word.try_publish_result(0, 2 * Word::kOneReference)) << "a bit that forbids it is set";
  EXPECT_TRUE(word.try_publish_result(std::uint64_t{1} << 12, std::uint64_t{1} << 10));
  EXPECT_EQ(word.state() & Word::kDone, Word::kResult);
  Word alone;
  alone.live(1);
  EXPECT_FALSE(alone.try_publish_result(0, 0));
  EXPECT_EQ(alone.publish(Word::kResult, 1), Word::Published::last);
}

}  // namespace
}  // namespace weft::tests
