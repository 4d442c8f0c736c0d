// create_task: schedules a coroutine to run as a concurrent task.
#include <cstdio>

#include "weft/weft.h"

weft::Coro<void> coroutine() {
  std::puts("the task runs");
  co_return;
}

weft::Coro<void> main_coro() {
  weft::Task<void> task = weft::create_task(coroutine());
  co_await task;
  std::puts("the task has run");
}

int main() { weft::run(main_coro()); }
