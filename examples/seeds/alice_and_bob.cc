// Creating and running coroutines: one after the other.
#include <chrono>
#include <cstdio>
#include <string>

#include "weft/weft.h"
using namespace std::chrono_literals;

weft::Coro<void> greet(std::string name) {
  std::printf("Hello, %s\n", name.c_str());
  co_await weft::sleep(1s);
  std::printf("Goodbye, %s\n", name.c_str());
}

weft::Coro<void> main_coro() {
  co_await greet("Alice");
  co_await greet("Bob");
}

int main() { weft::run(main_coro()); }
