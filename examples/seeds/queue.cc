// Queue: a first in, first out queue for communication between tasks.

#include <cstdio>
#include <string>

#include "weft/weft.h"

weft::Coro<void> producer(weft::Queue<std::string>& queue) {
  for (const char* item : {"first item", "second item", "third item"}) {
    co_await queue.put(item);
    std::printf("put %s\n", item);
  }
}

weft::Coro<void> consumer(weft::Queue<std::string>& queue) {
  for (int i = 0; i < 3; ++i) {
    const std::string item = co_await queue.get();
    std::printf("got %s\n", item.c_str());
  }
}

weft::Coro<void> main_coro() {
  weft::Queue<std::string> queue;
  co_await weft::gather(consumer(queue), producer(queue));
  std::puts(queue.empty() ? "the queue is empty" : "an item is left");
}

int main() { weft::run(main_coro()); }
