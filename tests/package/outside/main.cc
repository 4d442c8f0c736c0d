// A user's program, written without regard to weft's own warnings: with -Wall -Wextra -Wshadow -Wconversion it would
// draw several, so that it compiles shows that weft imposes none.
#include <weft/weft.h>

#include <cstdio>

weft::Coro<int> add(int a, int b) { co_return a + b; }

weft::Coro<void> main_coro() {
  int unused;
  short narrowed = 3.9;
  for (int narrowed = 0; narrowed < 1; ++narrowed) {
  }
  int sum = co_await add(narrowed, 4);
  std::printf("%d\n", sum);
}

int main(int argc, char** argv) { weft::run(main_coro()); }
