// Locks, events and semaphores.
#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "conformance/script.h"
#include "weft/primitives/event.h"
#include "weft/primitives/lock.h"
#include "weft/primitives/semaphore.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace lock_cancel_woken {
Coro<void> user(Trace& trace, Lock& lock, std::string name) {
  try {
    co_await lock.acquire();
  } catch (const CancelledError&) {
    trace(name, "is cancelled, locked", lock.locked());
    throw;
  }
  trace(name, "has it, locked", lock.locked());
  co_await sleep(0s);
  lock.release();
  trace(name, "gave it back, locked", lock.locked());
}

Coro<void> main_coro(Trace& trace) {
  for (const std::string how : {"cancel", "cancel, taken back", "cancel before the release", "cancel of both"}) {
    trace(how);
    Lock lock;
    co_await lock.acquire();
    std::vector<Task<void>> tasks;
    for (const char* name : {"first", "second", "third"}) tasks.push_back(create_task(user(trace, lock, name)));
    co_await sleep(0s);
    if (how == "cancel before the release") trace("cancel gives", tasks[0].cancel());
    lock.release();
    trace("released, locked", lock.locked());
    if (how != "cancel before the release") trace("cancel gives", tasks[0].cancel());
    if (how == "cancel, taken back") trace("uncancel gives", tasks[0].uncancel());
    if (how == "cancel of both") trace("cancel gives", tasks[1].cancel());
    tasks.push_back(create_task(user(trace, lock, "late")));
    for (int i = 0; i < 3; ++i) {
      co_await sleep(0s);
      trace("a turn, locked", lock.locked());
    }
    co_await wait(tasks);
    trace("in the end, locked", lock.locked());
  }
}
}  // namespace lock_cancel_woken

namespace lock_deadline_meets_release {
Coro<void> waits(Trace& trace, Lock& lock, TimePoint deadline) {
  const auto block = [&]() -> Coro<void> {
    co_await lock.acquire();
    trace("has it");
  };
  try {
    co_await with_timeout_at(deadline, block);
  } catch (const TimeoutError&) {
    trace("is late");
    co_return;
  }
  co_await sleep(0s);
  lock.release();
}

Coro<void> behind(Trace& trace, Lock& lock) {
  const auto held = co_await lock.scoped();
  trace("the next one has it");
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  for (const bool deadline_first : {true, false}) {
    trace("the deadline is first", deadline_first);
    Lock lock;
    co_await lock.acquire();
    const TimePoint at = loop.time() + 1s;
    if (!deadline_first) loop.call_at(at, [&lock] { lock.release(); });
    std::vector<Task<void>> tasks;
    tasks.push_back(create_task(waits(trace, lock, at)));
    tasks.push_back(create_task(behind(trace, lock)));
    co_await sleep(0s);
    if (deadline_first) loop.call_at(at, [&lock] { lock.release(); });
    co_await wait(tasks);
    trace("locked", lock.locked());
  }
}
}  // namespace lock_deadline_meets_release

namespace lock_overtaking {
Coro<void> user(Trace& trace, Lock& lock, std::string name) {
  trace(name, "comes, locked", lock.locked());
  try {
    const auto held = co_await lock.scoped();
    trace(name, "has it");
    co_await sleep(0s);
  } catch (const CancelledError&) {
    trace(name, "is cancelled");
  }
}

Coro<void> main_coro(Trace& trace) {
  for (const std::size_t cancelled : {0u, 1u, 2u}) {
    trace("cancelled:", cancelled);
    Lock lock;
    co_await lock.acquire();
    std::vector<Task<void>> tasks;
    for (const char* name : {"one", "two"}) tasks.push_back(create_task(user(trace, lock, name)));
    co_await sleep(0s);
    tasks.push_back(create_task(user(trace, lock, "newcomer")));
    for (std::size_t i = 0; i < cancelled; ++i) tasks[i].cancel();
    lock.release();
    co_await wait(tasks);
    trace("locked", lock.locked());
  }
}
}  // namespace lock_overtaking

namespace event_wakes {
Coro<void> waits(Trace& trace, Event& event, std::string name) {
  try {
    const bool given = co_await event.wait();
    trace(name, "gets", given, "and it is set:", event.is_set());
  } catch (const CancelledError&) {
    trace(name, "is cancelled");
  }
}

Coro<void> main_coro(Trace& trace) {
  Event event;
  std::vector<Task<void>> tasks;
  const auto add = [&](const char* name) { tasks.push_back(create_task(waits(trace, event, name))); };
  for (const char* name : {"one", "two", "three"}) add(name);
  co_await sleep(0s);
  event.set();
  event.clear();
  trace("cancel gives", tasks[1].cancel());
  add("late");
  co_await sleep(0s);
  co_await sleep(0s);
  trace("done:", tasks[0].done(), tasks[1].done(), tasks[2].done(), tasks[3].done());
  add("newcomer");
  event.set();
  add("last");
  co_await sleep(0s);
  event.clear();
  co_await wait(tasks);
  const Task<void> again = create_task(waits(trace, event, "again"));
  co_await sleep(0s);
  again.cancel();
  event.set();
  co_await again;
  trace("it is set:", event.is_set());
}
}  // namespace event_wakes

namespace semaphore_release_order {
Coro<void> takes(Trace& trace, Semaphore& semaphore, std::string name) {
  co_await semaphore.acquire();
  trace(name, "has one, locked", semaphore.locked());
}

Coro<void> one_each(Trace& trace, Semaphore& semaphore) {
  std::vector<Task<void>> tasks;
  for (int number = 1; number <= 4; ++number) {
    tasks.push_back(create_task(takes(trace, semaphore, std::to_string(number))));
  }
  co_await sleep(0s);
  for (int i = 0; i < 4; ++i) {
    semaphore.release();
    trace("released, locked", semaphore.locked());
  }
  tasks.push_back(create_task(takes(trace, semaphore, "newcomer")));
  co_await sleep(0s);
  trace("a turn, locked", semaphore.locked());
  semaphore.release();
  co_await gather(tasks);
}

Coro<void> more_than_wait(Trace& trace, Semaphore& semaphore) {
  std::vector<Task<void>> tasks;
  tasks.push_back(create_task(takes(trace, semaphore, "first")));
  co_await sleep(0s);
  for (int i = 0; i < 3; ++i) semaphore.release();
  trace("three released, locked", semaphore.locked());
  for (const char* name : {"second", "third", "fourth"}) tasks.push_back(create_task(takes(trace, semaphore, name)));
  for (int i = 0; i < 3; ++i) {
    co_await sleep(0s);
    trace("a turn, locked", semaphore.locked());
  }
  semaphore.release();
  co_await gather(tasks);
}

Coro<void> main_coro(Trace& trace) {
  Semaphore semaphore(0);
  co_await one_each(trace, semaphore);
  trace("locked", semaphore.locked());
  co_await more_than_wait(trace, semaphore);
  trace("locked", semaphore.locked());
}
}  // namespace semaphore_release_order

namespace semaphore_cancel_woken {
Coro<void> takes(Trace& trace, Semaphore& semaphore, std::string name) {
  try {
    co_await semaphore.acquire();
  } catch (const CancelledError&) {
    trace(name, "is cancelled, locked", semaphore.locked());
    throw;
  }
  trace(name, "has one, locked", semaphore.locked());
}

void release(Trace& trace, Semaphore& semaphore) {
  try {
    semaphore.release();
    trace("released, locked", semaphore.locked());
  } catch (const ValueError&) {
    trace("refused, locked", semaphore.locked());
  }
}

Coro<void> attempt(Trace& trace, std::vector<std::size_t> cancelled) {
  std::string numbers;
  for (const std::size_t index : cancelled) numbers += " " + std::to_string(index);
  trace("cancelled:" + numbers);
  BoundedSemaphore semaphore(2);
  co_await semaphore.acquire();
  co_await semaphore.acquire();
  std::vector<Task<void>> tasks;
  for (const char* name : {"one", "two", "three"}) tasks.push_back(create_task(takes(trace, semaphore, name)));
  co_await sleep(0s);
  release(trace, semaphore);
  for (const std::size_t index : cancelled) tasks[index].cancel();
  co_await sleep(0s);
  trace("a turn, locked", semaphore.locked());
  release(trace, semaphore);
  co_await sleep(0s);
  co_await sleep(0s);
  for (int i = 0; i < 3; ++i) release(trace, semaphore);
  co_await wait(tasks);
  trace("in the end, locked", semaphore.locked());
}

Coro<void> main_coro(Trace& trace) {
  const std::array<std::vector<std::size_t>, 4> all = {{{0}, {0, 1}, {0, 2}, {0, 1, 2}}};
  for (const std::vector<std::size_t>& cancelled : all) co_await attempt(trace, cancelled);
}
}  // namespace semaphore_cancel_woken

constexpr Script scripts[] = {
    {"lock_cancel_woken", lock_cancel_woken::main_coro},
    {"lock_deadline_meets_release", lock_deadline_meets_release::main_coro},
    {"lock_overtaking", lock_overtaking::main_coro},
    {"event_wakes", event_wakes::main_coro},
    {"semaphore_release_order", semaphore_release_order::main_coro},
    {"semaphore_cancel_woken", semaphore_cancel_woken::main_coro},
};
}  // namespace

std::span<const Script> lock_scripts() { return scripts; }

}  // namespace weft::conformance
