#include "weft/runtime/base/stored_error.h"

#include <gtest/gtest.h>

#include <atomic>
#include <exception>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "weft/runtime/base/config.h"
#include "weft/runtime/base/errors.h"

namespace weft {
namespace {

// Counts how many of it live, so that a lost or a doubled release shows.
struct Counted {
  explicit Counted(std::atomic<int>& count) : living(&count) { ++*living; }
  Counted(const Counted& other) : living(other.living) { ++*living; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --*living; }
  std::atomic<int>* living;
};

std::string text_of(const StoredError& error) {
  try {
    error.rethrow();
  } catch (const std::exception& caught) {
    return caught.what();
  } catch (const CancelledError& caught) {
    return "cancelled: " + caught.message();
  }
}

TEST(StoredError, is_empty_until_it_is_given_one) {
  const StoredError none;
  EXPECT_FALSE(none);
  EXPECT_FALSE(none.is_cancelled());
  EXPECT_EQ(none.pointer(), nullptr);
}

TEST(StoredError, keeps_the_exception_that_is_being_handled) {
  StoredError stored;
  try {
    throw ValueError("seven");
  } catch (...) {
    stored = StoredError::current();
  }
  EXPECT_TRUE(stored);
  EXPECT_FALSE(stored.is_cancelled());
  EXPECT_EQ(text_of(stored), "seven");
  EXPECT_EQ(text_of(stored), "seven") << "an error can be rethrown more than once";
}

TEST(StoredError, knows_a_cancellation_however_it_came_in) {
  StoredError handled;
  try {
    throw CancelledError("by hand");
  } catch (...) {
    handled = StoredError::current();
  }
  const StoredError pointed(std::make_exception_ptr(CancelledError("by pointer")));
  const StoredError made = StoredError::cancelled("made");
  EXPECT_TRUE(handled.is_cancelled());
  EXPECT_TRUE(pointed.is_cancelled());
  EXPECT_TRUE(made.is_cancelled());
  EXPECT_EQ(text_of(handled), "cancelled: by hand");
  EXPECT_EQ(text_of(pointed), "cancelled: by pointer");
  EXPECT_EQ(text_of(made), "cancelled: made");
}

TEST(StoredError, takes_nothing_else_for_a_cancellation) {
  EXPECT_FALSE(StoredError(std::make_exception_ptr(KeyboardInterrupt())).is_cancelled());
  EXPECT_FALSE(StoredError(std::make_exception_ptr(7)).is_cancelled());
}

// How many are living of one that was let go: ThreadSanitizer's builds keep it.
constexpr int kLetGo = kTsan ? 1 : 0;

TEST(StoredError, copies_share_one_exception_and_the_last_one_frees_it) {
  std::atomic<int> living{0};
  {
    StoredError first(std::make_exception_ptr(Counted(living)));
    const int stored = living;
    EXPECT_EQ(stored, 1);
    StoredError second = first;
    StoredError third = std::move(first);
    EXPECT_FALSE(first);
    first = second;
    const StoredError& itself = second;
    second = itself;
    EXPECT_TRUE(second);
    third = StoredError();
    EXPECT_EQ(living, stored);
    EXPECT_EQ(first.pointer(), second.pointer());
  }
  EXPECT_EQ(living, kLetGo);
}

TEST(StoredError, assigning_frees_what_was_there) {
  std::atomic<int> living{0};
  StoredError error(std::make_exception_ptr(Counted(living)));
  error = StoredError::cancelled("instead");
  EXPECT_EQ(living, kLetGo);
  EXPECT_TRUE(error.is_cancelled());
}

TEST(StoredError, copies_are_rethrown_and_dropped_by_many_threads_at_once) {
  static constexpr int threads = 4;
  static constexpr int rounds = 2000;
  std::atomic<int> living{0};
  std::atomic<int> caught{0};
  {
    std::vector<std::jthread> running;
    const StoredError shared(std::make_exception_ptr(Counted(living)));
    for (int thread = 0; thread < threads; ++thread) {
      running.emplace_back([mine = shared, &caught] {
        for (int round = 0; round < rounds; ++round) {
          const StoredError copy = mine;
          try {
            copy.rethrow();
          } catch (const Counted& counted) {
            if (*counted.living > 0) ++caught;
          }
        }
      });
    }
  }
  EXPECT_EQ(caught, threads * rounds);
  EXPECT_EQ(living, kLetGo);
}

TEST(StoredError, rethrowing_an_empty_one_ends_the_process_with_a_sentence) {
  EXPECT_DEATH(StoredError().rethrow(), "an empty StoredError was rethrown");
}

}  // namespace
}  // namespace weft
