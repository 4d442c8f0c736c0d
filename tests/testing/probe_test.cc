#include "weft/testing/probe.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace weft::tests {
namespace {

using weft::testing::Probe;

TEST(Probe, keeps_objects_until_it_lets_go_the_last_one_first) {
  std::string order;
  struct Noted {
    Noted(std::string& given, char own) : notes(given), name(own) {}
    ~Noted() { notes += name; }
    std::string& notes;
    const char name;
  };
  Probe probe;
  Noted& first = probe.keep<Noted>(order, 'a');
  probe.keep<Noted>(order, 'b');
  EXPECT_EQ(first.name, 'a');
  EXPECT_EQ(order, "");
  probe.let_go();
  EXPECT_EQ(order, "ba");
}

TEST(Probe, runs_its_checks_in_order_once_and_those_that_a_check_adds) {
  Probe probe;
  std::string order;
  probe.at_end([&] {
    order += 'a';
    probe.at_end([&] { order += 'c'; });
  });
  probe.at_end([&] { order += 'b'; });
  probe.run_checks();
  EXPECT_EQ(order, "abc");
}

TEST(Probe, has_a_fault_for_each_expectation_that_does_not_hold) {
  Probe probe;
  probe.expect(true, "one is one");
  EXPECT_TRUE(probe.faults().empty());
  probe.expect(false, "one is two");
  probe.at_end([] { throw std::runtime_error("three is four"); });
  probe.run_checks();
  EXPECT_EQ(probe.faults(),
            (std::vector<std::string>{"one is two", "a check threw std::runtime_error: three is four"}));
}

TEST(Probe, has_a_fault_when_something_happens_twice) {
  Probe probe;
  probe.once("born");
  probe.once("died");
  EXPECT_TRUE(probe.faults().empty());
  probe.once("born");
  EXPECT_EQ(probe.faults(), std::vector<std::string>{"\"born\" happened twice"});
}

TEST(Probe, allows_what_was_announced_and_nothing_else) {
  Probe probe;
  EXPECT_FALSE(probe.allows_failure());
  EXPECT_FALSE(probe.allows_report("Task exception was never retrieved"));
  EXPECT_EQ(probe.swallowed(), 0u);
  probe.may_fail();
  probe.may_report("never retrieved");
  probe.swallows_cancel();
  probe.swallows_cancel();
  EXPECT_TRUE(probe.allows_failure());
  EXPECT_TRUE(probe.allows_report("Task exception was never retrieved"));
  EXPECT_FALSE(probe.allows_report("Task was destroyed but it is pending!"));
  EXPECT_EQ(probe.swallowed(), 2u);
}

TEST(Probe, counts_what_several_threads_say) {
  Probe probe;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&probe, i] {
      for (int round = 0; round < 100; ++round) {
        probe.swallows_cancel();
        probe.once(std::to_string(i) + "/" + std::to_string(round));
        probe.once("common " + std::to_string(round));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(probe.swallowed(), 400u);
  EXPECT_EQ(probe.faults().size(), 300u) << "each of 100 common things was said four times";
}

}  // namespace
}  // namespace weft::tests
