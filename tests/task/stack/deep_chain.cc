// A chain of awaits a million deep: it is entered, it ends with a value and with an exception, it is cut off while it is suspended
// at the bottom (the loop is closed), and a nest that never started is dropped.
#include <utility>

#include "task/stack/stack_use.h"
#include "weft/weft.h"

namespace weft::tests {
namespace {

constexpr long kDepth = 1'000'000 / kScale;
long g_alive = 0;

// One per level; counts the levels that are alive, and sees the stack when a level dies.
class Level {
 public:
  explicit Level(StackUse& use) : use_(&use) { ++g_alive; }
  Level(Level&& other) noexcept : use_(other.use_) { ++g_alive; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  ~Level() {
    use_->note();
    --g_alive;
  }

 private:
  StackUse* use_;
};

enum class Bottom { value, exception, wait };

Coro<long> descend(long depth, Bottom bottom, StackUse& use) {
  const Level level(use);
  use.note();
  if (depth == 0) {
    if (bottom == Bottom::exception) throw ValueError("the bottom");
    if (bottom == Bottom::wait) co_await get_running_loop().create_future<long>();
    co_await sleep(0.0);
    use.note();
    co_return 0;
  }
  const long below = co_await descend(depth - 1, bottom, use);
  use.note();
  co_return below + 1;
}

Coro<long> catch_at_top(long depth, StackUse& use) {
  try {
    co_return co_await descend(depth, Bottom::exception, use);
  } catch (const ValueError&) {
    co_return -1;
  }
}

Coro<long> around(Coro<long> inner, Level level) {
  static_cast<void>(level);
  co_return co_await std::move(inner) + 1;
}
Coro<long> innermost() { co_return 0; }

Coro<long> nest(StackUse& use) {
  Coro<long> nested = innermost();
  for (long depth = 0; depth < kDepth; ++depth) nested = around(std::move(nested), Level(use));
  return nested;
}

void abandon(RunOptions options, StackUse& use) {
  EventLoop loop(std::move(options));
  loop.set_exception_handler([](const ExceptionContext&) {});
  loop.create_task(descend(kDepth, Bottom::wait, use));
  loop.call_later(std::chrono::seconds(1), [&loop] { loop.stop(); });
  loop.run_forever();
  loop.close();
}

int expect(const char* what, long seen, long wanted) {
  if (seen == wanted) return 0;
  std::fprintf(stderr, "%s: %ld instead of %ld\n", what, seen, wanted);
  return 1;
}

int check(Order order) {
  VirtualClock clock;
  const RunOptions options{.workers = 1, .order = order, .clock = &clock};
  int failures = 0;
  StackUse value;
  failures += expect("a chain's value", run(descend(kDepth, Bottom::value, value), options), kDepth);
  failures += value.verdict("a chain that ends with a value");
  StackUse exception;
  failures += expect("a chain's exception", run(catch_at_top(kDepth / 10, exception), options), -1);
  failures += exception.verdict("a chain that ends with an exception");
  StackUse cut;
  abandon(options, cut);
  failures += expect("levels that are left of a chain when its loop was closed", g_alive, 0);
  failures += cut.verdict("a suspended chain whose loop was closed");
  StackUse run_nest;
  failures += expect("a nest's value", run(nest(run_nest), options), kDepth);
  failures += run_nest.verdict("a nest that was run");
  StackUse dropped;
  {
    const Coro<long> never_started = nest(dropped);
    failures += expect("levels of a nest", g_alive, kDepth);
  }
  failures += expect("levels that are left of a nest that was dropped", g_alive, 0);
  failures += dropped.verdict("a nest that was dropped");
  StackUse cancelled;
  {
    EventLoop loop(options);
    loop.create_task(nest(cancelled)).cancel();
    loop.call_soon([&loop] { loop.stop(); });
    loop.run_forever();
  }
  failures += expect("levels that are left of a nest that was cancelled before it began", g_alive, 0);
  failures += cancelled.verdict("a nest that was cancelled before it began");
  return failures;
}

}  // namespace
}  // namespace weft::tests

int main() { return weft::tests::check(weft::Order::asyncio) + weft::tests::check(weft::Order::depth_first); }
