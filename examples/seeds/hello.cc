// Coroutines: declared by their return type, run by weft::run.
#include <cstdio>

#include "weft/weft.h"

weft::Coro<void> say_hello() {
  std::puts("Hello, Async!");
  co_return;
}

int main() { weft::run(say_hello()); }
