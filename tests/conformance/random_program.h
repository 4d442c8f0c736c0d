#pragma once
// random_program: a small asyncio program as data; tools/lib/random_program.py makes the text and describes it.

#include <string>
#include <string_view>
#include <vector>

namespace weft::conformance {

struct Statement {
  int number = 0;  // its line
  std::string op;
  std::vector<std::string> args;
  std::vector<std::vector<Statement>> parts = {};  // of a block
};

struct RandomProgram {
  std::string title;  // its first line
  std::vector<std::vector<Statement>> bodies;
};

// The programs of a text. Throws ValueError for one that is no program.
std::vector<RandomProgram> parse_programs(std::string_view text);

}  // namespace weft::conformance
