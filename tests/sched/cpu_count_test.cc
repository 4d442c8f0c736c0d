#include "weft/runtime/sched/cpu_count.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sched.h>

#include <string>
#include <thread>

#include "weft/runtime/base/errors.h"

namespace weft {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(CpusOfCpuMax, reads_a_quota_and_rounds_it_up_to_whole_cores) {
  EXPECT_EQ(cpus_of_cpu_max("200000 100000"), 2U);
  EXPECT_EQ(cpus_of_cpu_max("150000 100000\n"), 2U);
  EXPECT_EQ(cpus_of_cpu_max("100001 100000 \n"), 2U);
  EXPECT_EQ(cpus_of_cpu_max("1000 100000"), 1U);
  EXPECT_EQ(cpus_of_cpu_max("12800000 100000"), 128U);
}

TEST(CpusOfCpuMax, a_group_without_a_quota_sets_none) {
  EXPECT_EQ(cpus_of_cpu_max("max 100000"), 0U);
  EXPECT_EQ(cpus_of_cpu_max("max 100000\n"), 0U);
  EXPECT_EQ(cpus_of_cpu_max("-1 100000"), 0U) << "cgroup v1 writes -1";
}

TEST(CpusOfCpuMax, what_cannot_be_read_sets_none) {
  for (const char* text : {"", " ", "max", "200000", "200000 ", " 100000", "200000 0", "0 100000", "200000 -1",
                           "two cores", "99999999999999999999 100000", "200000 99999999999999999999"}) {
    EXPECT_EQ(cpus_of_cpu_max(text), 0U) << '"' << text << '"';
  }
}

TEST(CpusOfCpuMax, a_huge_quota_is_at_least_as_many_cores_as_a_machine_has) {
  EXPECT_GE(cpus_of_cpu_max("9223372036854775807 1"), 1024U);
  EXPECT_EQ(cpus_of_cpu_max("9223372036854775807 9223372036854775807"), 1U);
}

TEST(UsableCpus, is_at_least_one_and_at_most_what_the_affinity_mask_allows) {
  cpu_set_t mask;
  ASSERT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
  EXPECT_GE(usable_cpus(), 1U);
  EXPECT_LE(usable_cpus(), static_cast<unsigned>(CPU_COUNT(&mask)));
}

TEST(UsableCpus, is_one_for_a_thread_that_is_bound_to_one_core) {
  unsigned usable = 0;
  std::jthread([&usable] {
    cpu_set_t mask;
    ASSERT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
    int core = 0;
    while (!CPU_ISSET(core, &mask)) ++core;
    CPU_ZERO(&mask);
    CPU_SET(core, &mask);
    ASSERT_EQ(sched_setaffinity(0, sizeof mask, &mask), 0);
    usable = usable_cpus();
  }).join();
  EXPECT_EQ(usable, 1U);
}

TEST(WorkerCount, an_option_beats_the_environment) {
  EXPECT_EQ(worker_count(3, nullptr), 3U);
  EXPECT_EQ(worker_count(3, "5"), 3U);
  EXPECT_EQ(worker_count(3, "nonsense"), 3U);
  EXPECT_EQ(worker_count(1, nullptr), 1U);
  EXPECT_EQ(worker_count(1024, nullptr), 1024U);
}

TEST(WorkerCount, the_environment_speaks_where_the_option_does_not) {
  EXPECT_EQ(worker_count(0, "5"), 5U);
  EXPECT_EQ(worker_count(0, "1024"), 1024U);
}

TEST(WorkerCount, where_nobody_asks_it_is_what_the_process_may_use) {
  EXPECT_EQ(worker_count(0, nullptr), usable_cpus());
  EXPECT_EQ(worker_count(0, ""), usable_cpus());
  EXPECT_EQ(worker_count(0, "0"), usable_cpus());
}

std::string refusal_of(long asked, const char* environment) {
  try {
    return "accepted as " + std::to_string(worker_count(asked, environment));
  } catch (const ValueError& error) {
    return error.what();
  }
}

TEST(WorkerCount, refuses_an_option_that_makes_no_sense_and_says_which_do) {
  EXPECT_THAT(refusal_of(-1, nullptr), AllOf(HasSubstr("RunOptions.workers is -1"), HasSubstr("from 1 to 1024")));
  EXPECT_THAT(refusal_of(1025, nullptr), AllOf(HasSubstr("RunOptions.workers is 1025"), HasSubstr("from 1 to 1024")));
  EXPECT_THAT(refusal_of(-2147483648L, "4"), HasSubstr("RunOptions.workers is -2147483648"));
}

TEST(WorkerCount, refuses_an_environment_that_makes_no_sense_and_quotes_it) {
  EXPECT_THAT(refusal_of(0, "-4"), AllOf(HasSubstr("WEFT_WORKERS"), HasSubstr("-4"), HasSubstr("1024")));
  EXPECT_THAT(refusal_of(0, "5000"), AllOf(HasSubstr("WEFT_WORKERS"), HasSubstr("5000"), HasSubstr("1024")));
  for (const std::string text : {"four", "4x", " 4", "4 ", "0x4", "2.5", "99999999999999999999"}) {
    EXPECT_THAT(refusal_of(0, text.c_str()),
                AllOf(HasSubstr("WEFT_WORKERS"), HasSubstr('"' + text + '"'), HasSubstr("1024")));
  }
}

}  // namespace
}  // namespace weft
