// sleep: suspends execution for a given amount of time.
#include <chrono>
#include <cstdio>

#include "weft/weft.h"
using namespace std::chrono_literals;

weft::Coro<void> main_coro() {
  std::puts("pausing");
  co_await weft::sleep(2s);  // Pause for 2 seconds
  std::puts("2 seconds later");
}

int main() { weft::run(main_coro()); }
