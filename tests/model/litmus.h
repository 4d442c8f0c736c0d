#pragma once
// litmus: small bodies and questions that the checker's own tests share.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "model/explore.h"

namespace weft::model {

using U32 = Atomic<std::uint32_t>;

inline constexpr Order relaxed = Order::relaxed;
inline constexpr Order acquire = Order::acquire;
inline constexpr Order release = Order::release;
inline constexpr Order acq_rel = Order::acq_rel;
inline constexpr Order seq_cst = Order::seq_cst;

inline Options unreduced() {
  Options options;
  options.reduce = false;
  return options;
}

// Runs the body to the end and gives back every outcome it noted.
template <class Litmus>
std::set<std::string> outcomes(const Options& options, Litmus litmus) {
  std::set<std::string> seen;
  const Result result = explore(options, [&](Execution& e) { litmus(e, seen); });
  EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.failure.value_or("");
  return seen;
}

inline bool mentions(const Result& result, const std::string& text) {
  return result.failure && result.failure->find(text) != std::string::npos;
}

enum class Between { nothing, seq_cst_accesses, own_words, one_word, barriers };

// Two threads store to their own location and then read the other's.
inline std::set<std::string> store_buffering(Between between, const Options& options = {}) {
  return outcomes(options, [between](Execution& e, std::set<std::string>& seen) {
    U32 x{0}, y{0}, word{0}, other_word{0};
    std::uint32_t left = 9, right = 9;
    const Order order = between == Between::seq_cst_accesses ? seq_cst : relaxed;
    e.thread("left", [&] {
      x.store(1, order);
      if (between == Between::own_words || between == Between::one_word) word.fetch_add(1, seq_cst);
      if (between == Between::barriers) Atomics::light_barrier();
      left = y.load(order);
    });
    e.thread("right", [&] {
      y.store(1, order);
      if (between == Between::own_words) other_word.fetch_add(1, seq_cst);
      if (between == Between::one_word) word.fetch_add(1, seq_cst);
      if (between == Between::barriers) Atomics::heavy_barrier();
      right = x.load(order);
    });
    e.finally([&] { seen.insert(std::to_string(left) + std::to_string(right)); });
  });
}

}  // namespace weft::model
