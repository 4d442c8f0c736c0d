#pragma once
// until: waits for a condition that another thread makes true; a test that would wait for ever fails with a sentence.

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace weft {

// EXPECT_TRUE(until([&] { return fired.load(); })) << "the timer did not fire";
template <class Condition>
testing::AssertionResult until(Condition condition, std::chrono::seconds patience = std::chrono::seconds(20)) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return testing::AssertionFailure() << "still not so after " << patience.count() << " seconds";
    }
    std::this_thread::yield();
  }
  return testing::AssertionSuccess();
}

}  // namespace weft
