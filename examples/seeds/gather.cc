// gather: executes multiple coroutines concurrently.
#include <chrono>
#include <cstdio>

#include "weft/weft.h"
using namespace std::chrono_literals;

weft::Coro<void> task1() {
  std::puts("task1 starts");
  co_await weft::sleep(1s);
  std::puts("task1 ends");
}

weft::Coro<void> task2() {
  std::puts("task2 starts");
  co_await weft::sleep(1s);
  std::puts("task2 ends");
}

weft::Coro<void> main_coro() {
  co_await weft::gather(task1(), task2());
  std::puts("main ends");
}

int main() { weft::run(main_coro()); }
