// Cancelled wherever a task is: as it starts, in callbacks, in contexts, while it cleans up, when it takes a cancel back.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

Coro<void> ensures(Probe& probe) {
  Census& census = census_of(probe);
  const Task<int> task = ensure_future(number_after(2ms, 1, census));
  const CancelledAtExit at_exit(task);
  const Task<int> same = ensure_future(task);
  const Task<void> slept = ensure_future(sleep(1ms));
  co_await slept;
  probe.expect(co_await same == 1, "the result is wrong");
}
TEST(CancelTask, that_ensure_future_makes) { everywhere(ensures); }

Coro<void> starts_at_once(Probe& probe) {
  Census& census = census_of(probe);
  const Task<int> done = create_task([]() -> Coro<int> { co_return 1; });
  const Task<int> suspended = create_task(number_after(2ms, 2, census), {.eager_start = true});
  const CancelledAtExit at_exit(suspended);
  const Task<int> cleaning = create_task(number_with_clean_up(3ms, 3, census), {.eager_start = true});
  const CancelledAtExit also_at_exit(cleaning);
  probe.expect(co_await suspended + co_await cleaning == 5, "a result is wrong");
  probe.expect(co_await done == 1, "a result is wrong");
}
TEST(CancelTask, that_starts_at_once) { everywhere(starts_at_once); }

Coro<int> nested_at_once(int depth, Census& census) {
  const Tracked held(census);
  if (depth == 0) co_return co_await number_after(1ms, 0, census);
  const Task<int> next = create_task(nested_at_once(depth - 1, census), {.eager_start = true});
  const CancelledAtExit at_exit(next);
  co_return co_await next + 1;
}
Coro<void> starts_in_each_other(Probe& probe) {
  probe.expect(co_await nested_at_once(5, census_of(probe)) == 5, "a level is lost");
}
TEST(CancelTask, of_a_chain_that_starts_at_once) { everywhere(starts_in_each_other); }

// Each callback is called once, however its task ends.
Coro<void> called_back(Probe& probe) {
  const Task<int> task = create_task(number_after(2ms, 1, census_of(probe)));
  const CancelledAtExit at_exit(task);
  struct Calls {
    std::atomic<int> due{0};
    std::atomic<int> made{0};
  };
  Calls& calls = probe.keep<Calls>();
  probe.at_end([&probe, &calls] { probe.expect(calls.due == calls.made, "a callback was not called"); });
  for (int i = 0; i < 3; ++i) {
    ++calls.due;
    task.add_done_callback([&probe, &calls, i](const AnyFuture& ended) {
      ++calls.made;
      probe.once("callback " + std::to_string(i));
      probe.expect(ended.done(), "a callback came before the end");
    });
  }
  const CallbackId removed = task.add_done_callback([&probe](const AnyFuture&) { probe.once("removed callback"); });
  probe.expect(task.remove_done_callback(removed), "a callback could not be removed");
  co_await task;
}
TEST(CancelTask, that_has_done_callbacks) { everywhere(called_back); }

Coro<void> calls_soon(Probe& probe) {
  struct Calls {
    std::atomic<int> made{0};
  };
  Calls& calls = probe.keep<Calls>();
  EventLoop& loop = get_running_loop();
  loop.call_soon([&calls] { ++calls.made; });
  const Handle handle = loop.call_soon([&calls] { ++calls.made; });
  handle.cancel();
  const Later later(2ms, [&calls] { ++calls.made; });
  const Later never(1h, [&probe] { probe.expect(false, "a timer that was cancelled has fired"); });
  probe.at_end([&probe, &calls] { probe.expect(calls.made >= 1 && calls.made <= 3, "a callback is lost"); });
  co_await sleep(3ms);
}
TEST(CancelTask, that_calls_soon_and_later) { everywhere(calls_soon); }

ContextVar<int> depth_of_task("depth_of_task");
Coro<void> deeper(Probe& probe, int depth) {
  depth_of_task.set(depth);
  co_await sleep(1ms);
  probe.expect(depth_of_task.get() == depth, "a task sees another task's variable");
  if (depth < 3) {
    const Task<void> next = create_task(deeper(probe, depth + 1));
    const CancelledAtExit at_exit(next);
    co_await next;
  }
  probe.expect(depth_of_task.get() == depth, "a task sees its child's variable");
}
Coro<void> in_contexts(Probe& probe) {
  depth_of_task.set(0);
  co_await deeper(probe, 1);
  probe.expect(depth_of_task.get() == 1, "a coroutine has a context of its own");
}
TEST(CancelTask, that_sets_variables) { everywhere(in_contexts); }

// The variable is put back by a scope, on every way out.
Coro<void> resets_variables(Probe& probe) {
  depth_of_task.set(1);
  bool cancelled = false;
  try {
    struct Reset {
      ContextVar<int>::Token token;
      ~Reset() { depth_of_task.reset(token); }
    } reset{depth_of_task.set(2)};
    co_await sleep(1ms);
    co_await sleep(0s);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  probe.expect(depth_of_task.get() == 1, "a variable was not put back");
  if (cancelled) throw CancelledError();
}
TEST(CancelTask, that_puts_variables_back) { everywhere(resets_variables); }

Coro<void> takes_back(Probe& probe) {
  const AnyTask me = current_task();
  try {
    co_await sleep(2ms);
  } catch (const CancelledError&) {
    probe.swallows_cancel();
    probe.expect(me.cancelling() > 0, "a task that was cancelled counts no request");
    while (me.cancelling() > 0) me.uncancel();
  }
  co_await sleep(2ms);
  co_await sleep(0s);
}
TEST(CancelTask, that_takes_a_cancel_back) { everywhere_swallowed(takes_back); }

Coro<void> ignores_the_first(Probe& probe) {
  try {
    co_await sleep(2ms);
  } catch (const CancelledError&) {
    probe.swallows_cancel();
  }
  co_await sleep(2ms);
}
TEST(CancelTask, that_swallows_one_cancel) { everywhere_swallowed(ignores_the_first); }

Coro<void> cleans_up(Probe& probe) {
  Census& census = census_of(probe);
  co_await number_with_clean_up(1ms, 1, census);
  co_await number_with_clean_up(1ms, 1, census);
}
TEST(CancelTask, that_awaits_while_it_cleans_up) { everywhere(cleans_up, {.second_cancels = 6}); }

// What is open is closed in a task of its own, which a second cancel does not reach.
struct Door {
  std::atomic<int> opened{0};
  std::atomic<int> closed{0};
};
Coro<void> close(Door& door) {
  co_await sleep(1ms);
  ++door.closed;
}
Coro<void> closes_shielded(Probe& probe) {
  Door& door = probe.keep<Door>();
  probe.at_end([&probe, &door] { probe.expect(door.opened == door.closed, "a door is left open"); });
  ++door.opened;
  bool cancelled = false;
  try {
    co_await sleep(2ms);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  co_await shield(close(door));
  if (cancelled) throw CancelledError();
}
TEST(CancelTask, that_cleans_up_under_a_shield) { everywhere(closes_shielded, {.second_cancels = 6}); }

Coro<void> fails_while_cancelled(Probe& probe) {
  probe.may_fail();
  bool cancelled = false;
  try {
    co_await sleep(1ms);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (!cancelled) co_return;
  co_await sleep(1ms);
  throw ValueError("while it was cancelled");
}
TEST(CancelTask, that_fails_while_it_is_cancelled) { EXPECT_GT(everywhere(fails_while_cancelled).failed, 0u); }

Coro<void> cancels_others(Probe& probe) {
  Census& census = census_of(probe);
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 4; ++i) tasks.push_back(create_task(number_with_clean_up(1h, i, census)));
  struct CancelAll {
    std::vector<Task<int>>& tasks;
    ~CancelAll() {
      for (const Task<int>& task : tasks) task.cancel();
    }
  };
  {
    const CancelAll cancels{tasks};
    co_await sleep(1ms);
  }
  const auto outcomes = co_await gather(return_exceptions, tasks);
  for (const auto& outcome : outcomes) probe.expect(!outcome.ok(), "a cancelled task has a result");
}
TEST(CancelTask, that_cancels_others_and_waits_for_them) { everywhere(cancels_others); }

Coro<int> in_the_loop(Census& census) { co_return co_await number_after(1ms, 4, census); }
// A thread gives the loop a coroutine and waits for its result; the scenario waits for the thread's word.
Coro<void> from_a_thread(Probe& probe) {
  Census& census = census_of(probe);
  EventLoop& loop = get_running_loop();
  const Future<int> told = loop.create_future<int>();
  std::thread thread([&loop, &census, told] {
    run_coroutine_threadsafe(in_the_loop(census), loop).add_done_callback([told](const ThreadFuture<int>& future) {
      told.try_set_result(future.result());
    });
  });
  bool cancelled = false;
  while (!told.done()) {
    try {
      static_cast<void>(co_await shield(told));
    } catch (const CancelledError&) {
      cancelled = true;
    }
  }
  thread.join();
  probe.expect(told.result() == 4, "the result is wrong");
  if (cancelled) throw CancelledError();
}
TEST(CancelTask, that_waits_for_a_coroutine_from_a_thread) { everywhere(from_a_thread, {.max_positions = 0}); }

}  // namespace
}  // namespace weft::tests
