// Long sequences of joins, deep joins, and many children in one join, on one worker and on four.
#include <vector>

#include "task/stack/stack_use.h"
#include "weft/weft.h"

namespace weft::tests {
namespace {

Coro<long> leaf(StackUse* use) {
  if (use != nullptr) use->note();
  co_return 1;
}

Coro<long> sequence(long count, StackUse* use) {
  long sum = 0;
  for (long i = 0; i < count; ++i) {
    const auto both = co_await fork_join(leaf(use), leaf(use));
    sum += std::get<0>(both) + std::get<1>(both);
  }
  co_return sum;
}

Coro<long> deep(long depth, StackUse* use) {
  if (use != nullptr) use->note();
  if (depth == 0) co_return 0;
  const auto both = co_await fork_join(deep(depth - 1, use), leaf(use));
  co_return std::get<0>(both) + std::get<1>(both);
}

Coro<long> wide(long count, StackUse* use) {
  std::vector<Coro<long>> children;
  for (long i = 0; i < count; ++i) children.push_back(leaf(use));
  long sum = 0;
  for (const long one : co_await fork_join(std::move(children))) sum += one;
  co_return sum;
}

int expect(const char* what, int workers, long seen, long wanted) {
  if (seen == wanted) return 0;
  std::fprintf(stderr, "%s with %d workers: %ld instead of %ld\n", what, workers, seen, wanted);
  return 1;
}

// With several workers the limit of the process's stacks is the only measure.
int check(int workers) {
  StackUse use;
  StackUse* const noted = workers == 1 ? &use : nullptr;
  const RunOptions options{.workers = workers, .order = Order::depth_first};
  int failures = 0;
  const long count = 1'000'000 / kScale;
  failures += expect("a sequence of joins", workers, run(sequence(count, noted), options), 2 * count);
  failures += expect("joins in joins", workers, run(deep(count / 10, noted), options), count / 10);
  failures += expect("a join of many", workers, run(wide(count, noted), options), count);
  return failures + use.verdict("joins");
}

}  // namespace
}  // namespace weft::tests

int main() { return weft::tests::check(1) + weft::tests::check(4); }
