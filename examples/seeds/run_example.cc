// run: the main entry point.
#include <cstdio>

#include "weft/weft.h"

weft::Coro<void> example() {
  std::puts("Asyncio Run Example");
  co_return;
}

int main() { weft::run(example()); }
