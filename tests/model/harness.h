#pragma once
// harness: how the tests of shipping code run their scenarios and say how many interleavings that were.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <utility>
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

// The same with at most so many preemptions, where a part of the interleavings will do.
inline std::vector<Scenario> bounded(int preemptions, std::vector<Scenario> scenarios) {
  for (Scenario& scenario : scenarios) {
    if (scenario.options.preemption_bound > preemptions) scenario.options.preemption_bound = preemptions;
  }
  return scenarios;
}

// For a protocol with a step left out: one of the scenarios must fail.
inline void expect_noticed(const char* step, const std::vector<Scenario>& scenarios) {
  std::string noticed;
  for (const Scenario& scenario : scenarios) {
    const Result result = explore(scenario.options, scenario.body);
    if (!result.failure) continue;
    noticed = scenario.name + ": " + result.failure->substr(0, result.failure->find('\n'));
    break;
  }
  std::printf("without %s: %s\n", step, noticed.empty() ? "nothing noticed" : noticed.c_str());
  EXPECT_FALSE(noticed.empty()) << step << " is left out and nobody notices";
}
// The same for each of a protocol's steps. scenarios(protocol) gives those of a protocol.
template <class Protocol, std::size_t kSteps, class Scenarios>
void expect_each_noticed(const std::pair<const char*, bool Protocol::*> (&steps)[kSteps], Scenarios scenarios) {
  for (const auto& [name, step] : steps) {
    Protocol protocol;
    protocol.*step = false;
    expect_noticed(name, scenarios(protocol));
  }
}

// Every weaker order makes a scenario fail, but for these.
inline void expect_weaker_orders_noticed(const Survey& found, const std::vector<std::string>& unneeded = {}) {
  std::printf("%s", found.table().c_str());
  EXPECT_TRUE(found.unchanged_passed());
  EXPECT_THAT(found.survivors(Mutation::Effect::order), testing::UnorderedElementsAreArray(unneeded));
}

}  // namespace weft::model
