// TimeoutError: handles execution timeouts.
#include <chrono>
#include <cstdio>

#include "weft/weft.h"
using namespace std::chrono_literals;

weft::Coro<void> main_coro() {
  try {
    co_await weft::wait_for(weft::sleep(5s), 3s);
  } catch (const weft::TimeoutError&) {
    std::puts("Operation timed out");
  }
}

int main() { weft::run(main_coro()); }
