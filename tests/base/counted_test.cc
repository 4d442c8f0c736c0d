#include "weft/runtime/base/counted.h"

#include <gtest/gtest.h>

#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace weft::tests {
namespace {

class Noted final : public Counted {
 public:
  Noted(int& destroyed, int value) : value_(value), destroyed_(destroyed) {}
  ~Noted() override { ++destroyed_; }
  int value() const { return value_; }

 private:
  int value_;
  int& destroyed_;
};

TEST(Counted, dies_with_its_last_reference) {
  int destroyed = 0;
  {
    Ref<Noted> first = make_counted<Noted>(destroyed, 7);
    const Ref<Noted> second = first;
    EXPECT_TRUE(first == second);
    first = Ref<Noted>();
    EXPECT_FALSE(first);
    EXPECT_EQ(second->value(), 7);
    EXPECT_EQ(destroyed, 0);
  }
  EXPECT_EQ(destroyed, 1);
}

TEST(Counted, a_moved_reference_is_empty) {
  int destroyed = 0;
  Ref<Noted> first = make_counted<Noted>(destroyed, 1);
  Ref<Noted> second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move)
  first = std::move(second);
  EXPECT_EQ(first->value(), 1);
  Noted* raw = first.release();
  EXPECT_EQ(destroyed, 0);
  raw->release();
  EXPECT_EQ(destroyed, 1);
}

TEST(Counted, sharing_takes_one_reference_more_and_accepts_null) {
  int destroyed = 0;
  const Ref<Noted> owner = make_counted<Noted>(destroyed, 1);
  {
    const auto shared = Ref<const Noted>::sharing(owner.get());
    EXPECT_EQ(shared.get(), owner.get());
  }
  EXPECT_EQ(destroyed, 0);
  EXPECT_FALSE(Ref<Noted>::sharing(nullptr));
}

TEST(Counted, is_let_go_by_many_threads_and_dies_once) {
  int destroyed = 0;
  {
    const Ref<Noted> owner = make_counted<Noted>(destroyed, 3);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([copy = owner] {
        for (int k = 0; k < 1000; ++k) {
          const Ref<Noted> another = copy;
          EXPECT_EQ(another->value(), 3);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(destroyed, 1);
}

}  // namespace
}  // namespace weft::tests
