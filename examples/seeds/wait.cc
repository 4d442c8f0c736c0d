// wait: waits for a set of tasks to complete.
#include <chrono>
#include <cstdio>
#include <vector>

#include "weft/weft.h"
using namespace std::chrono_literals;

weft::Coro<void> coroutine1() {
  co_await weft::sleep(1s);
  std::puts("task1 is complete");
}

weft::Coro<void> coroutine2() {
  co_await weft::sleep(2s);
  std::puts("task2 is complete");
}

weft::Coro<void> main_coro() {
  weft::Task<void> task1 = weft::create_task(coroutine1());
  weft::Task<void> task2 = weft::create_task(coroutine2());
  std::vector<weft::Task<void>> tasks = {task1, task2};
  auto [done, pending] = co_await weft::wait(tasks);
  std::printf("done %zu, pending %zu\n", done.size(), pending.size());
}

int main() { weft::run(main_coro()); }
