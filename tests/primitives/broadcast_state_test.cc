#include "weft/primitives/broadcast_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "primitives/place.h"
#include "weft/primitives/counted_value.h"

namespace weft::tests {
namespace {

using testing::ElementsAre;
using Item = CountedValue<int>;
using State = BroadcastState<Item, Place>;
using Found = State::Found;

class BroadcastStateTest : public ::testing::Test {
 protected:
  BroadcastStateTest() { state.subscribe(cursor); }
  State::Sent send(int value) {
    auto item = make_counted<Item>(value);
    return state.send(item, woken);
  }
  int take() {
    const State::Taken taken = state.take(cursor);
    EXPECT_EQ(taken.found, Found::item);
    return taken.found == Found::item ? taken.item->value : -1;
  }

  State state{2};
  State::Cursor cursor;
  Place one, two;
  PlaceList woken;
};

TEST_F(BroadcastStateTest, gives_each_receiver_what_was_sent_since_it_came) {
  EXPECT_EQ(send(1).receivers, 1u);
  State::Cursor late;
  state.subscribe(late);
  EXPECT_EQ(send(2).receivers, 2u);
  EXPECT_EQ(state.size(cursor), 2u);
  EXPECT_EQ(state.size(late), 1u);
  EXPECT_EQ(take(), 1);
  EXPECT_EQ(take(), 2);
  EXPECT_EQ(state.take(cursor).found, Found::nothing);
  EXPECT_EQ(state.take(late).item->value, 2);
}

TEST_F(BroadcastStateTest, tells_a_receiver_once_what_it_missed) {
  for (int value = 1; value <= 5; ++value) send(value);
  EXPECT_EQ(state.size(cursor), 2u);
  const State::Taken lagged = state.take(cursor);
  EXPECT_EQ(lagged.found, Found::lagged);
  EXPECT_EQ(lagged.missed, 3u);
  EXPECT_EQ(take(), 4);
  EXPECT_EQ(take(), 5);
}

TEST_F(BroadcastStateTest, keeps_nothing_that_nobody_could_receive) {
  state.unsubscribe();
  EXPECT_EQ(state.receivers(), 0u);
  auto item = make_counted<Item>(7);
  EXPECT_EQ(state.send(item, woken).receivers, 0u);
  EXPECT_EQ(item->value, 7) << "it is the caller's still";
}

TEST_F(BroadcastStateTest, gives_an_item_again_that_was_put_back_unless_the_receiver_has_gone_on) {
  send(1);
  send(2);
  const State::Taken first = state.take(cursor);
  state.put_back(cursor, first.position);
  EXPECT_EQ(take(), 1);
  EXPECT_EQ(take(), 2);
  state.put_back(cursor, first.position);
  EXPECT_EQ(state.take(cursor).found, Found::nothing);
}

TEST_F(BroadcastStateTest, wakes_all_that_wait_with_the_next_item) {
  EXPECT_EQ(state.take_or_queue(cursor, one).found, Found::nothing);
  EXPECT_EQ(state.take_or_queue(cursor, two).found, Found::nothing);
  EXPECT_EQ(state.waiting(), 2u);
  send(1);
  EXPECT_THAT(all_of(woken), ElementsAre(&one, &two));
  EXPECT_FALSE(state.cancel(one)) << "it was woken before";
  EXPECT_EQ(state.take_or_queue(cursor, one).found, Found::item);
}

TEST_F(BroadcastStateTest, ends_behind_the_last_item_when_it_is_closed) {
  send(1);
  EXPECT_EQ(state.take(cursor).found, Found::item);
  EXPECT_EQ(state.take_or_queue(cursor, one).found, Found::nothing);
  send(2);
  EXPECT_THAT(all_of(woken), ElementsAre(&one));
  state.close(woken);
  EXPECT_TRUE(state.closed());
  EXPECT_TRUE(send(3).closed);
  EXPECT_EQ(take(), 2);
  EXPECT_EQ(state.take_or_queue(cursor, one).found, Found::closed);
}

}  // namespace
}  // namespace weft::tests
