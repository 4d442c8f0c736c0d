// Running multiple coroutines: a task beside the coroutine that created it.
#include <chrono>
#include <cstdio>

#include "weft/weft.h"
using namespace std::chrono_literals;

weft::Coro<void> fn2();

weft::Coro<void> fn() {
  auto task = weft::create_task(fn2());
  std::puts("one");
  co_await weft::sleep(1s);
  co_await fn2();
  std::puts("four");
  co_await weft::sleep(1s);
  std::puts("five");
  co_await weft::sleep(1s);
}

weft::Coro<void> fn2() {
  co_await weft::sleep(1s);
  std::puts("two");
  co_await weft::sleep(1s);
  std::puts("three");
}

int main() { weft::run(fn()); }
