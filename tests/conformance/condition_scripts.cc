// Conditions and barriers.
#include <chrono>
#include <string>
#include <vector>

#include "conformance/script.h"
#include "weft/primitives/barrier.h"
#include "weft/primitives/condition.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace condition_notify_then_cancel {
Coro<void> waits(Trace& trace, Condition& condition, std::string name) {
  const auto held = co_await condition.scoped();
  try {
    const bool given = co_await condition.wait();
    trace(name, "gets", given);
  } catch (const CancelledError& error) {
    trace(name, "is cancelled:", error.message());
    throw;
  }
}

Coro<void> main_coro(Trace& trace) {
  for (const int turns : {0, 1, 2}) {
    trace("turns between:", turns);
    Condition condition;
    std::vector<Task<void>> tasks;
    for (const char* name : {"one", "two", "three"}) tasks.push_back(create_task(waits(trace, condition, name)));
    co_await sleep(0s);
    co_await condition.acquire();
    condition.notify();
    for (int i = 0; i < turns; ++i) co_await sleep(0s);
    trace("cancel gives", tasks[0].cancel("first"));
    co_await sleep(0s);
    trace("cancel gives", tasks[0].cancel("second"));
    condition.release();
    tasks.push_back(create_task(waits(trace, condition, "late")));
    for (int i = 0; i < 6; ++i) {
      co_await sleep(0s);
      trace("a turn, locked", condition.locked());
    }
    {
      const auto held = co_await condition.scoped();
      condition.notify_all();
    }
    co_await wait(tasks);
    trace("in the end, locked", condition.locked());
  }
}
}  // namespace condition_notify_then_cancel

namespace condition_shared_lock {
Coro<void> waits(Trace& trace, Condition& condition, std::string name) {
  const auto held = co_await condition.scoped();
  co_await condition.wait();
  trace(name, "goes on");
  co_await sleep(0s);
}

Coro<void> uses(Trace& trace, Lock& lock, std::string name) {
  const auto held = co_await lock.scoped();
  trace(name, "has the lock");
  co_await sleep(0s);
}

Coro<void> main_coro(Trace& trace) {
  Lock lock;
  Condition red(lock);
  Condition blue(lock);
  std::vector<Task<void>> tasks;
  for (int number = 1; number <= 3; ++number) {
    tasks.push_back(create_task(waits(trace, red, "red " + std::to_string(number))));
    tasks.push_back(create_task(waits(trace, blue, "blue " + std::to_string(number))));
  }
  co_await sleep(0s);
  trace("locked", lock.locked(), red.locked(), blue.locked());
  {
    const auto held = co_await lock.scoped();
    tasks.push_back(create_task(uses(trace, lock, "first user")));
    blue.notify(2);
    co_await sleep(0s);
    tasks.push_back(create_task(uses(trace, lock, "second user")));
    red.notify();
    co_await sleep(0s);
    trace("everybody waits");
  }
  for (int i = 0; i < 4; ++i) co_await sleep(0s);
  {
    const auto held = co_await red.scoped();
    trace("main has the lock");
    red.notify_all();
    blue.notify_all();
  }
  co_await wait(tasks);
  trace("locked", lock.locked());
}
}  // namespace condition_shared_lock

namespace condition_wait_for {
template <class Predicate>
Coro<void> waits(Trace& trace, Condition& condition, std::string name, Predicate predicate) {
  const auto held = co_await condition.scoped();
  try {
    const auto given = co_await condition.wait_for(predicate);
    trace(name, "gets", given);
  } catch (const ValueError&) {
    trace(name, "threw, locked", condition.locked());
  }
  co_await sleep(0s);
}

Coro<void> main_coro(Trace& trace) {
  Condition condition;
  int looks = 0;
  const auto number = [&] {
    trace("look", ++looks);
    return looks >= 3 ? looks : 0;
  };
  const auto throws = [&] {
    if (looks >= 2) throw ValueError("on purpose");
    return 0;
  };
  const auto both = [&] { return looks >= 3; };
  std::vector<Task<void>> tasks;
  tasks.push_back(create_task(waits(trace, condition, "number", number)));
  tasks.push_back(create_task(waits(trace, condition, "throws", throws)));
  tasks.push_back(create_task(waits(trace, condition, "both", both)));
  co_await sleep(0s);
  for (int round = 0; round < 2; ++round) {
    {
      const auto held = co_await condition.scoped();
      condition.notify_all();
    }
    for (int i = 0; i < 5; ++i) co_await sleep(0s);
    trace("done:", tasks[0].done(), tasks[1].done(), tasks[2].done(), "locked", condition.locked());
  }
  {
    const auto held = co_await condition.scoped();
    condition.notify_all();
  }
  co_await wait(tasks);
  const int seven = co_await condition.wait_for([] { return 7; });
  trace("without the lock", seven, "locked", condition.locked());
}
}  // namespace condition_wait_for

namespace barrier_late_comers {
Coro<void> party(Trace& trace, Barrier& barrier, std::string name) {
  const int number = co_await barrier.wait();
  trace(name, "is", number, "waiting", barrier.n_waiting());
  if (number == 0) {
    const int again = co_await barrier.wait();
    trace(name, "is", again, "in its second round, waiting", barrier.n_waiting());
  }
}

Coro<void> main_coro(Trace& trace) {
  Barrier barrier(3);
  std::vector<Task<void>> tasks;
  const auto add = [&](const char* name) { tasks.push_back(create_task(party(trace, barrier, name))); };
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g"}) add(name);
  for (int i = 0; i < 8; ++i) {
    co_await sleep(0s);
    trace("a turn, waiting", barrier.n_waiting());
  }
  add("h");
  add("i");
  const auto waited = co_await wait(tasks, {.timeout = 1s});
  trace("done:", waited.done.size(), "pending:", waited.pending.size(), "waiting", barrier.n_waiting());
  co_await barrier.abort();
  trace("broken", barrier.broken());
}
}  // namespace barrier_late_comers

namespace barrier_reset_while_draining {
Coro<void> party(Trace& trace, Barrier& barrier, std::string name) {
  try {
    const int number = co_await barrier.wait();
    trace(name, "is", number);
  } catch (const BrokenBarrierError&) {
    trace(name, "broke");
  } catch (const CancelledError&) {
    trace(name, "is cancelled, waiting", barrier.n_waiting());
  }
}

Coro<void> attempt(Trace& trace, std::string what, int turns) {
  trace(what, "after turns:", turns);
  Barrier barrier(3);
  std::vector<Task<void>> tasks;
  for (const char* name : {"a", "b", "c", "d"}) tasks.push_back(create_task(party(trace, barrier, name)));
  for (int i = 0; i < turns; ++i) co_await sleep(0s);
  if (what == "reset") {
    co_await barrier.reset();
  } else if (what == "abort") {
    co_await barrier.abort();
  } else {
    trace("cancel gives", tasks[1].cancel());
  }
  trace("waiting", barrier.n_waiting(), "broken", barrier.broken());
  for (int i = 0; i < 10; ++i) co_await sleep(0s);
  trace("waiting", barrier.n_waiting(), "broken", barrier.broken(), "done:", tasks[0].done(), tasks[1].done(),
        tasks[2].done(), tasks[3].done());
  co_await barrier.abort();
  co_await wait(tasks);
}

Coro<void> main_coro(Trace& trace) {
  for (const char* what : {"reset", "abort", "cancel"}) {
    for (int turns = 0; turns <= 4; ++turns) co_await attempt(trace, what, turns);
  }
}
}  // namespace barrier_reset_while_draining

constexpr Script scripts[] = {
    {"condition_notify_then_cancel", condition_notify_then_cancel::main_coro},
    {"condition_shared_lock", condition_shared_lock::main_coro},
    {"condition_wait_for", condition_wait_for::main_coro},
    {"barrier_late_comers", barrier_late_comers::main_coro},
    {"barrier_reset_while_draining", barrier_reset_while_draining::main_coro},
};
}  // namespace

std::span<const Script> condition_scripts() { return scripts; }

}  // namespace weft::conformance
