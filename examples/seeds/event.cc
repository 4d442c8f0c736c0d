// Event: synchronizes tasks; those that wait go on when it is set.

#include <chrono>
#include <cstdio>

#include "weft/weft.h"
using namespace std::chrono_literals;

weft::Coro<void> waiter(weft::Event& event, int number) {
  std::printf("waiter %d waits\n", number);
  co_await event.wait();
  std::printf("waiter %d goes on\n", number);
}

weft::Coro<void> setter(weft::Event& event) {
  co_await weft::sleep(1s);
  std::puts("the event is set");
  event.set();
}

weft::Coro<void> main_coro() {
  weft::Event event;
  co_await weft::gather(waiter(event, 1), waiter(event, 2), setter(event));
  co_await event.wait();
  std::puts("main need not wait");
}

int main() { weft::run(main_coro()); }
