// Order asyncio against CPython: the same scripts, the same lines.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {

const std::filesystem::path source_dir = WEFT_SOURCE_DIR;

// The lines of a recorded trace without its header.
std::vector<std::string> recorded_lines(std::string_view name) {
  const auto path = source_dir / "tests/conformance/traces" / (std::string(name) + ".trace");
  std::ifstream file(path);
  EXPECT_TRUE(file) << path << " cannot be read; tools/record_traces writes it";
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) lines.push_back(line);
  }
  return lines;
}

struct Finished {
  int status = -1;
  std::string output;
};

Finished run_recorder(const std::string& option) {
  const std::string command = "'" + (source_dir / "tools/record_traces").string() + "' " + option + " 2>&1";
  Finished finished;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return finished;
  std::array<char, 4096> piece;
  while (std::fgets(piece.data(), static_cast<int>(piece.size()), pipe) != nullptr) finished.output += piece.data();
  const int status = pclose(pipe);
  finished.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return finished;
}

class TraceReplay : public testing::TestWithParam<Script> {};

TEST_P(TraceReplay, order_asyncio_prints_what_cpython_prints) {
  const std::vector<std::string> played = play(GetParam());
  const std::vector<std::string> recorded = recorded_lines(GetParam().name);
  for (std::size_t line = 0; line < std::min(played.size(), recorded.size()); ++line) {
    ASSERT_EQ(played[line], recorded[line]) << "in line " << line + 1 << " of " << GetParam().name;
  }
  EXPECT_EQ(played.size(), recorded.size()) << "all lines that both have are equal in " << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(scripts, TraceReplay, testing::ValuesIn(all_scripts()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST(Traces, every_script_has_its_counterpart_here) {
  std::vector<std::string> scripts;
  for (const auto& entry : std::filesystem::directory_iterator(source_dir / "tests/conformance/scripts")) {
    if (entry.path().extension() == ".py") scripts.push_back(entry.path().stem().string());
  }
  std::vector<std::string> counterparts;
  for (const Script& script : all_scripts()) counterparts.emplace_back(script.name);
  std::sort(scripts.begin(), scripts.end());
  std::sort(counterparts.begin(), counterparts.end());
  EXPECT_EQ(scripts, counterparts);
}

TEST(Traces, every_trace_was_recorded_from_its_script_as_it_is) {
  const Finished digests = run_recorder("--check-digests");
  EXPECT_EQ(digests.status, 0) << digests.output;
}

TEST(Traces, cpython_prints_the_same_today) {
  const Finished python = run_recorder("--find-python");
  if (python.status != 0) GTEST_SKIP() << python.output;
  const Finished check = run_recorder("--check");
  EXPECT_EQ(check.status, 0) << check.output;
}

}  // namespace
}  // namespace weft::conformance
