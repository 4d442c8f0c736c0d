// Ten million awaits that are ready at once, in one loop, in each order.
#include "task/stack/stack_use.h"
#include "weft/weft.h"

namespace weft::tests {
namespace {

Coro<int> ready(StackUse& use, int value) {
  use.note();
  co_return value;
}

Coro<long> loop(StackUse& use, long count) {
  long sum = 0;
  for (long i = 0; i < count; ++i) {
    sum += co_await ready(use, 1);
    use.note();
  }
  co_return sum;
}

int check(const char* what, Order order) {
  constexpr long count = 10'000'000 / kScale;
  StackUse use;
  const long sum = run(loop(use, count), {.workers = 1, .order = order});
  if (sum != count) {
    std::fprintf(stderr, "%s: the sum of %ld ones is %ld\n", what, count, sum);
    return 1;
  }
  return use.verdict(what);
}

}  // namespace
}  // namespace weft::tests

int main() {
  return weft::tests::check("a loop of ready awaits in order asyncio", weft::Order::asyncio) +
         weft::tests::check("a loop of ready awaits depth first", weft::Order::depth_first);
}
