#include "conformance/random_program.h"

#include <sstream>
#include <utility>

#include "weft/weft.h"

namespace weft::conformance {
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

// Reads lines; a block is read by a call of its own.
class Reader {
 public:
  explicit Reader(std::string_view text) : stream_(std::string(text)) {}

  std::vector<RandomProgram> programs() {
    std::vector<RandomProgram> all;
    while (next()) {
      if (words_[0] == "program") {
        all.push_back({line_, {}});
        number_ = 1;
      } else if (words_[0] == "body" && !all.empty()) {
        all.back().bodies.emplace_back();
        if (block(all.back().bodies.back()) != "end") refuse();
      } else {
        refuse();
      }
    }
    return all;
  }

 private:
  bool next() {
    while (std::getline(stream_, line_)) {
      ++number_;
      words_ = words_of(line_);
      if (!words_.empty()) return true;
    }
    return false;
  }

  // Gives the word that ends the block.
  std::string block(std::vector<Statement>& statements) {
    while (next()) {
      const std::string op = words_[0];
      if (op == "end" || op == "handle" || op == "finally") return op;
      Statement statement{number_, op, {words_.begin() + 1, words_.end()}};
      if (op == "try" || op == "timeout" || op == "group") {
        do {
          statement.parts.emplace_back();
        } while (block(statement.parts.back()) != "end");
      }
      statements.push_back(std::move(statement));
    }
    refuse();
  }

  [[noreturn]] void refuse() const {
    throw ValueError("line " + std::to_string(number_) + " is out of place in a program: \"" + line_ + "\"");
  }

  std::istringstream stream_;
  std::string line_;
  std::vector<std::string> words_;
  int number_ = 0;
};

}  // namespace

std::vector<RandomProgram> parse_programs(std::string_view text) { return Reader(text).programs(); }

}  // namespace weft::conformance
