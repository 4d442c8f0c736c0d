// [select]
#include "weft/weft.h"

#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

weft::Coro<std::string> mirror(const std::string& name, std::chrono::milliseconds delay) {
  co_await weft::sleep(delay);
  co_return "page from " + name;
}

weft::Coro<void> main_coro() {
  const std::string near = "near";
  const std::string far = "far";  // borrowed: all that lose have ended when select has
  for (const auto patience : {50ms, 5ms}) {
    auto first = co_await weft::select(mirror(far, 30ms), mirror(near, 20ms), weft::sleep(patience));
    switch (first.index()) {
      case 0:
        std::puts(first.get<0>().c_str());
        break;
      case 1:
        std::puts(first.get<1>().c_str());
        break;
      default:
        std::puts("neither, so far");
    }
  }
}

int main() { weft::run(main_coro()); }
// [/select]
