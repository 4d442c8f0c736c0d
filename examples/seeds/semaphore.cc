// Semaphore: limits the number of concurrent tasks.

#include <atomic>
#include <chrono>
#include <cstdio>

#include "weft/weft.h"
using namespace std::chrono_literals;

std::atomic<int> inside = 0;

weft::Coro<void> limited_task(weft::Semaphore& semaphore, int number) {
  const auto held = co_await semaphore.scoped();
  if (++inside > 2) std::puts("more than two at a time");
  std::printf("task %d begins\n", number);
  co_await weft::sleep(1s);
  std::printf("task %d ends\n", number);
  --inside;
}

weft::Coro<void> main_coro() {
  weft::Semaphore semaphore(2);
  co_await weft::gather(limited_task(semaphore, 1), limited_task(semaphore, 2), limited_task(semaphore, 3),
                        limited_task(semaphore, 4));
  std::puts("never more than two at a time");
}

int main() { weft::run(main_coro()); }
