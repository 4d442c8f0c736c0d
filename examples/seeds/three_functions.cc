// I/O-bound tasks, simulated with sleep: each waits for a different amount of time.
#include <chrono>
#include <cstdio>

#include "weft/weft.h"
using namespace std::chrono_literals;

weft::Coro<void> func1() {
  std::puts("Function 1 started..");
  co_await weft::sleep(2s);
  std::puts("Function 1 Ended");
}

weft::Coro<void> func2() {
  std::puts("Function 2 started..");
  co_await weft::sleep(3s);
  std::puts("Function 2 Ended");
}

weft::Coro<void> func3() {
  std::puts("Function 3 started..");
  co_await weft::sleep(1s);
  std::puts("Function 3 Ended");
}

weft::Coro<void> main_coro() {
  [[maybe_unused]] auto L = co_await weft::gather(func1(), func2(), func3());
  std::puts("Main Ended..");
}

int main() { weft::run(main_coro()); }
