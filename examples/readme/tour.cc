// [tour]
#include "weft/weft.h"

#include <chrono>
#include <cstdio>
#include <tuple>

using namespace std::chrono_literals;

weft::Coro<int> fetch(int price, std::chrono::milliseconds delay) {
  co_await weft::sleep(delay);  // this task waits, its worker does not
  co_return price;
}

weft::Coro<long> fib(int n) {  // children run in parallel and may borrow from their parent
  if (n < 2) co_return n;
  auto parts = co_await weft::fork_join(fib(n - 1), fib(n - 2));
  co_return std::get<0>(parts) + std::get<1>(parts);
}

weft::Coro<void> main_coro() {
  weft::Task<int> tea = weft::create_task(fetch(3, 30ms), {.name = "tea"});  // starts now
  auto both = co_await weft::gather(fetch(4, 20ms), fetch(5, 10ms));         // in argument order
  std::printf("coffee %d, cake %d\n", std::get<0>(both), std::get<1>(both));
  std::printf("tea %d\n", co_await tea);
  std::printf("fib(24) = %ld\n", co_await fib(24));
}

int main() { weft::run(main_coro()); }
// [/tour]
