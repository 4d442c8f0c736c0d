#pragma once
// harness: how the tests of shipping code run their scenarios and say how many interleavings that were.

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "model/explore.h"

namespace weft::model {

// Every scenario must pass and be complete, within the bounds that it names.
inline void explore_all(const std::vector<Scenario>& scenarios) {
  std::uint64_t all = 0;
  for (const Scenario& scenario : scenarios) {
    Options options = scenario.options;
    options.name = scenario.name;
    const Result result = explore(options, scenario.body);
    std::printf("%s\n", result.summary().c_str());
    EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.failure.value_or("");
    std::string key = scenario.name;  // must be an XML name
    for (char& letter : key) {
      if (letter == ' ' || letter == ',') letter = '_';
    }
    testing::Test::RecordProperty(key, result.summary());
    all += result.executions;
  }
  testing::Test::RecordProperty("interleavings", std::to_string(all));
}

}  // namespace weft::model
