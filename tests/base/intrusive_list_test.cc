#include "weft/runtime/base/intrusive_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <vector>

#include "weft/runtime/base/random.h"

namespace weft {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Node : ListNode {
  explicit Node(int n) : number(n) {}
  int number;
};
using List = IntrusiveList<Node>;

std::vector<int> drained(List& list) {
  std::vector<int> numbers;
  while (Node* node = list.pop_front()) numbers.push_back(node->number);
  return numbers;
}

TEST(IntrusiveList, gives_nodes_back_in_the_order_in_which_they_came) {
  Node one(1), two(2), three(3);
  List list;
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.front(), nullptr);
  EXPECT_EQ(list.pop_front(), nullptr);
  for (Node* node : {&one, &two, &three}) list.push_back(*node);
  EXPECT_FALSE(list.empty());
  EXPECT_EQ(list.front(), &one);
  EXPECT_THAT(drained(list), ElementsAre(1, 2, 3));
  EXPECT_TRUE(list.empty());
}

TEST(IntrusiveList, a_node_knows_whether_it_is_in_a_list) {
  Node only(1), other(2);
  List list;
  EXPECT_FALSE(only.linked());
  list.push_back(only);
  EXPECT_TRUE(only.linked());
  list.push_back(other);
  list.remove(only);
  EXPECT_FALSE(only.linked());
  EXPECT_TRUE(other.linked());
  list.pop_front();
  EXPECT_FALSE(other.linked());
}

TEST(IntrusiveList, removes_the_oldest_the_newest_and_one_between) {
  std::vector<std::vector<int>> left;
  for (std::size_t removed = 0; removed < 3; ++removed) {
    std::deque<Node> nodes;
    List list;
    for (int number = 1; number <= 3; ++number) list.push_back(nodes.emplace_back(number));
    list.remove(nodes[removed]);
    list.push_back(nodes.emplace_back(4));
    left.push_back(drained(list));
  }
  EXPECT_THAT(left, ElementsAre(ElementsAre(2, 3, 4), ElementsAre(1, 3, 4), ElementsAre(1, 2, 4)));
}

TEST(IntrusiveList, a_removed_node_can_come_back_at_the_end) {
  Node one(1), two(2);
  List list;
  list.push_back(one);
  list.push_back(two);
  list.remove(one);
  list.push_back(one);
  EXPECT_THAT(drained(list), ElementsAre(2, 1));
}

TEST(IntrusiveList, append_takes_all_nodes_of_the_other_behind_its_own) {
  for (int own = 0; own <= 3; ++own) {
    for (int others = 0; others <= 3; ++others) {
      std::deque<Node> nodes;
      List list;
      List other;
      std::vector<int> expected;
      for (int number = 0; number < own + others; ++number) {
        (number < own ? list : other).push_back(nodes.emplace_back(number));
        expected.push_back(number);
      }
      list.append(other);
      EXPECT_TRUE(other.empty());
      expected.push_back(99);
      list.push_back(nodes.emplace_back(99));
      EXPECT_EQ(drained(list), expected) << own << " own and " << others << " others";
      EXPECT_THAT(drained(other), IsEmpty());
    }
  }
}

TEST(IntrusiveList, agrees_with_a_model_over_ten_thousand_random_operations) {
  Random random(11);
  std::deque<Node> nodes;
  for (int number = 0; number < 50; ++number) nodes.emplace_back(number);
  List list;
  std::deque<int> model;
  for (int step = 0; step < 10'000; ++step) {
    Node& node = nodes[random.below(50)];
    if (random.below(8) == 0) {
      const Node* popped = list.pop_front();
      ASSERT_EQ(popped == nullptr, model.empty()) << "at step " << step;
      if (popped == nullptr) continue;
      ASSERT_EQ(popped->number, model.front()) << "at step " << step;
      model.pop_front();
    } else if (node.linked()) {
      list.remove(node);
      model.erase(std::find(model.begin(), model.end(), node.number));
    } else {
      list.push_back(node);
      model.push_back(node.number);
    }
    ASSERT_EQ(list.empty(), model.empty());
    if (!model.empty()) {
      ASSERT_EQ(list.front()->number, model.front()) << "at step " << step;
    }
  }
  EXPECT_EQ(drained(list), std::vector<int>(model.begin(), model.end()));
}

}  // namespace
}  // namespace weft
