// Condition: manages a shared resource; those that wait for a change of it are told, and look with the lock held.

#include <chrono>
#include <cstdio>

#include "weft/weft.h"
using namespace std::chrono_literals;

struct Resource {
  weft::Condition condition;
  int value = 0;  // with the condition's lock held
};

weft::Coro<void> reader(Resource& resource, int number) {
  const auto held = co_await resource.condition.scoped();
  co_await resource.condition.wait_for([&resource] { return resource.value != 0; });
  std::printf("reader %d reads %d\n", number, resource.value);
}

weft::Coro<void> writer(Resource& resource) {
  co_await weft::sleep(1s);
  const auto held = co_await resource.condition.scoped();
  resource.value = 42;
  std::puts("Resource updated");
  resource.condition.notify_all();
}

weft::Coro<void> main_coro() {
  Resource resource;
  co_await weft::gather(reader(resource, 1), reader(resource, 2), writer(resource));
  std::puts("main ends");
}

int main() { weft::run(main_coro()); }
