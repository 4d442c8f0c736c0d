#pragma once
// random_player: plays a random program in order asyncio on a virtual clock, as tools/lib/random_player.py does under CPython.

#include <string>
#include <vector>

#include "conformance/random_program.h"

namespace weft::conformance {

// The lines of its trace.
std::vector<std::string> play(const RandomProgram& program);

}  // namespace weft::conformance
