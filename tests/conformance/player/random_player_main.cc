// Plays the programs that it reads from stdin, as tools/lib/random_player.py does.
#include <iostream>
#include <iterator>
#include <string>

#include "conformance/random_player.h"

int main() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  for (const weft::conformance::RandomProgram& program : weft::conformance::parse_programs(text)) {
    std::cout << program.title << std::endl;  // seen if it hangs
    for (const std::string& line : weft::conformance::play(program)) std::cout << line << '\n';
    std::cout << std::endl;
  }
}
