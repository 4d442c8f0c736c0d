// Random programs: the recorded ones are replayed, and a few new ones are compared with CPython where there is one.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "conformance/random_player.h"
#include "weft/weft.h"

namespace weft::conformance {
namespace {

const std::filesystem::path source_dir = WEFT_SOURCE_DIR;

struct Recorded {
  std::string program;
  std::vector<std::string> trace;
};

std::vector<Recorded> recorded_programs() {
  std::ifstream file(source_dir / "tests/conformance/random/programs.txt");
  EXPECT_TRUE(file) << "the recorded programs are missing; tools/random_programs --record 300 writes them";
  std::vector<Recorded> all;
  bool in_trace = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    if (line.starts_with("program ")) {
      all.emplace_back();
      in_trace = false;
    }
    if (line == "trace") {
      in_trace = true;
    } else if (in_trace) {
      all.back().trace.push_back(line);
    } else {
      all.back().program += line + "\n";
    }
  }
  return all;
}

TEST(RandomPrograms, trace_in_order_asyncio_what_they_traced_under_cpython) {
  const std::vector<Recorded> all = recorded_programs();
  EXPECT_GE(all.size(), 300u);
  for (const Recorded& recorded : all) {
    const std::vector<RandomProgram> program = parse_programs(recorded.program);
    ASSERT_EQ(program.size(), 1u);
    const std::vector<std::string> played = play(program.front());
    EXPECT_EQ(played, recorded.trace) << program.front().title << "; tools/random_programs --rerun shows it";
  }
}

TEST(RandomPrograms, out_of_place_lines_are_refused) {
  EXPECT_EQ(parse_programs("").size(), 0u);
  EXPECT_THROW(parse_programs("sleep 1\n"), ValueError);
  EXPECT_THROW(parse_programs("program 1\nsleep 1\n"), ValueError);
  EXPECT_THROW(parse_programs("program 1\nbody 0\n  try C\n    sleep 1\nend\n"), ValueError);
}

TEST(RandomPrograms, compared_with_a_cpython_that_is_here_do_not_differ) {
  const std::string tools = (source_dir / "tools").string();
  if (std::system(("'" + tools + "/record_traces' --find-python > /dev/null 2>&1").c_str()) != 0) {
    GTEST_SKIP() << "no CPython 3.13 or newer is here";
  }
  const std::filesystem::path build = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "../..";
  const int status = std::system(
      ("'" + tools + "/random_programs' --count 500 --seed 1000000 --build '" + build.string() + "'").c_str());
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace weft::conformance
