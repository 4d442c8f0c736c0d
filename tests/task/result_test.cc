#include "weft/runtime/task/result.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <variant>

#include "task/tracked.h"

namespace weft::tests {
namespace {

struct alignas(16) Sixteen {
  int value = 0;
};
struct alignas(256) Page {
  explicit Page(Census& census) : tracked(census) {}
  Tracked tracked;
};

TEST(Stored, says_how_each_kind_of_result_is_kept) {
  static_assert(std::is_same_v<Stored<int>, int>);
  static_assert(std::is_same_v<Stored<const int>, int>);
  static_assert(std::is_same_v<Stored<void>, std::monostate>);
  static_assert(std::is_same_v<Stored<int&>, std::reference_wrapper<int>>);
  static_assert(std::is_same_v<Stored<const std::string&>, std::reference_wrapper<const std::string>>);
}

TEST(Room, is_aligned_to_eight_bytes_at_most_whatever_it_keeps) {
  static_assert(alignof(Room<char>) <= 8 && sizeof(Room<std::uint64_t>) == 8);
  static_assert(alignof(Room<Sixteen>) == 8 && sizeof(Room<Sixteen>) == sizeof(void*));
  static_assert(Room<Page>::kBoxed && !Room<std::string>::kBoxed);
}

TEST(Room, constructs_and_destroys_only_when_told) {
  Census census;
  {
    Room<Tracked> room;
    EXPECT_EQ(census.born, 0);
    room.construct(census, 5);
    EXPECT_EQ(room.get().value, 5);
    EXPECT_EQ(census.alive(), 1);
    room.destroy();
    EXPECT_EQ(census.alive(), 0);
  }
  EXPECT_EQ(census.died, 1);
}

TEST(Room, keeps_an_over_aligned_value_aligned) {
  Census census;
  Room<Page> room;
  room.construct(census);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&room.get()) % 256, 0u);
  room.destroy();
  EXPECT_EQ(census.alive(), 0);
}

TEST(Room, can_be_filled_again) {
  Room<std::unique_ptr<std::string>> room;
  room.construct(std::make_unique<std::string>("first"));
  room.destroy();
  room.construct(std::make_unique<std::string>("second"));
  EXPECT_EQ(*room.get(), "second");
  room.destroy();
}

}  // namespace
}  // namespace weft::tests
