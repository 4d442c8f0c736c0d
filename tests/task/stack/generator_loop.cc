// Ten million values of an async generator that does not suspend, in one loop, through a generator around it, in each order.
#include "task/stack/stack_use.h"
#include "weft/weft.h"

namespace weft::tests {
namespace {

AsyncGenerator<long> ones(StackUse& use, long count) {
  for (long i = 0; i < count; ++i) {
    use.note();
    co_yield 1;
  }
}

AsyncGenerator<long> twice(StackUse& use, long count) {
  AsyncGenerator<long> inner = ones(use, count);
  while (const std::optional<long> one = co_await inner.next()) {
    use.note();
    co_yield *one * 2;
  }
}

Coro<long> loop(StackUse& use, long count) {
  long sum = 0;
  AsyncGenerator<long> gen = twice(use, count);
  while (const std::optional<long> two = co_await gen.next()) {
    sum += *two;
    use.note();
  }
  co_return sum;
}

int check(const char* what, Order order) {
  constexpr long count = 10'000'000 / kScale;
  StackUse use;
  const long sum = run(loop(use, count), {.workers = 1, .order = order});
  if (sum != 2 * count) {
    std::fprintf(stderr, "%s: the sum of %ld twos is %ld\n", what, count, sum);
    return 1;
  }
  return use.verdict(what);
}

}  // namespace
}  // namespace weft::tests

int main() {
  return weft::tests::check("a loop over an async generator in order asyncio", weft::Order::asyncio) +
         weft::tests::check("a loop over an async generator depth first", weft::Order::depth_first);
}
