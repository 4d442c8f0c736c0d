// Queues: the order of those that wait, who is woken for nothing, cancels, joins, shutdowns, and the order of the items.
#include <chrono>
#include <vector>

#include "conformance/script.h"
#include "weft/primitives/lifo_queue.h"
#include "weft/primitives/priority_queue.h"
#include "weft/primitives/queue.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

Coro<void> gets(Trace& trace, Queue<int>& queue, int number) {
  const int item = co_await queue.get();
  trace("getter", number, "has", item);
}

Coro<void> puts(Trace& trace, Queue<int>& queue, int number) {
  co_await queue.put(number);
  trace("putter", number, "has put");
}

using Maker = Coro<void> (*)(Trace&, Queue<int>&, int);
std::vector<Task<void>> create(int count, Maker make, Trace& trace, Queue<int>& queue) {
  std::vector<Task<void>> tasks;
  for (int number = 0; number < count; ++number) tasks.push_back(create_task(make(trace, queue, number)));
  return tasks;
}

namespace queue_order {
Coro<void> main_coro(Trace& trace) {
  Queue<int> queue(2);
  const std::vector<Task<void>> getters = create(4, gets, trace, queue);
  co_await sleep(0s);
  for (int item = 0; item < 2; ++item) queue.put_nowait(item);
  trace("size", queue.qsize(), "full:", queue.full());
  co_await sleep(0s);
  trace("size", queue.qsize());
  co_await queue.put(2);
  trace("put without a wait");
  co_await queue.put(3);
  for (const Task<void>& getter : getters) co_await getter;
  const std::vector<Task<void>> putters = create(5, puts, trace, queue);
  co_await sleep(0s);
  trace("size", queue.qsize(), "full:", queue.full());
  for (int i = 0; i < 2; ++i) trace("got", queue.get_nowait());
  co_await sleep(0s);
  trace("size", queue.qsize());
  const int item = co_await queue.get();
  trace("got", item);
  trace("got without a wait, size", queue.qsize());
  for (const Task<void>& putter : putters) co_await putter;
  trace("size", queue.qsize());
  Queue<int> other(1);
  const Task<void> putter = create_task(puts(trace, other, 7));
  const std::vector<Task<void>> others = create(2, gets, trace, other);
  const Task<void> last = create_task(puts(trace, other, 8));
  for (const Task<void>& getter : others) co_await getter;
  co_await putter;
  co_await last;
}
}  // namespace queue_order

namespace queue_barging {
Coro<void> main_coro(Trace& trace) {
  Queue<int> queue;
  const std::vector<Task<void>> getters = create(3, gets, trace, queue);
  co_await sleep(0s);
  queue.put_nowait(10);
  trace("faster:", queue.get_nowait());
  co_await sleep(0s);
  trace("the first one waits again");
  for (const int item : {11, 12, 13}) queue.put_nowait(item);
  for (const Task<void>& getter : getters) co_await getter;
  Queue<int> bounded(1);
  bounded.put_nowait(20);
  const std::vector<Task<void>> putters = create(3, puts, trace, bounded);
  co_await sleep(0s);
  trace("got", bounded.get_nowait());
  co_await bounded.put(21);
  trace("faster: 21");
  co_await sleep(0s);
  for (int i = 0; i < 4; ++i) {
    const int item = co_await bounded.get();
    trace("got", item);
    co_await sleep(0s);
  }
  for (const Task<void>& putter : putters) co_await putter;
  Queue<int> last;
  const Task<void> late = create_task(gets(trace, last, 0));
  co_await sleep(0s);
  const Task<void> early = create_task(gets(trace, last, 1));
  last.put_nowait(30);
  co_await sleep(0s);
  trace("early is done:", early.done(), "late is done:", late.done());
  last.put_nowait(31);
  co_await early;
  co_await late;
}
}  // namespace queue_barging

namespace queue_cancel {
Coro<void> gets(Trace& trace, Queue<int>& queue, int number) {
  try {
    const int item = co_await queue.get();
    trace("getter", number, "has", item);
  } catch (const CancelledError&) {
    trace("getter", number, "is cancelled, size", queue.qsize());
    throw;
  }
}

Coro<void> puts(Trace& trace, Queue<int>& queue, int number) {
  try {
    co_await queue.put(number);
    trace("putter", number, "has put");
  } catch (const CancelledError&) {
    trace("putter", number, "is cancelled, size", queue.qsize());
    throw;
  }
}

Coro<int> get(Queue<int>& queue) { co_return co_await queue.get(); }

Coro<void> main_coro(Trace& trace) {
  Queue<int> queue(1);
  const std::vector<Task<void>> getters = create(4, gets, trace, queue);
  co_await sleep(0s);
  trace("cancel in the line:", getters[1].cancel());
  queue.put_nowait(10);
  trace("cancel after the wake-up:", getters[0].cancel());
  co_await sleep(0s);
  trace("one tick on, size", queue.qsize());
  co_await sleep(0s);
  trace("two ticks on, size", queue.qsize());
  queue.put_nowait(11);
  co_await getters[2];
  co_await getters[3];
  queue.put_nowait(20);
  const std::vector<Task<void>> putters = create(4, puts, trace, queue);
  co_await sleep(0s);
  trace("cancel in the line:", putters[1].cancel());
  trace("got", queue.get_nowait());
  trace("cancel after the wake-up:", putters[0].cancel());
  co_await sleep(0s);
  trace("one tick on, size", queue.qsize());
  co_await sleep(0s);
  trace("two ticks on, size", queue.qsize());
  for (int i = 0; i < 2; ++i) {
    const int item = co_await queue.get();
    trace("got", item);
  }
  trace("size", queue.qsize());
  co_await putters[2];
  co_await putters[3];
  try {
    co_await wait_for(get(queue), 500ms);
  } catch (const TimeoutError&) {
    trace("nothing came in time");
  }
  queue.put_nowait(30);
  const int item = co_await wait_for(get(queue), 500ms);
  trace("got", item);
}
}  // namespace queue_cancel

namespace queue_join {
Coro<void> joins(Trace& trace, Queue<int>& queue, int number) {
  try {
    co_await queue.join();
    trace("joiner", number, "goes on");
  } catch (const CancelledError&) {
    trace("joiner", number, "is cancelled");
    throw;
  }
}

Coro<void> works(Trace& trace, Queue<int>& queue, int number) {
  for (;;) {
    const int item = co_await queue.get();
    co_await sleep(250ms * (number + 1));
    queue.task_done();
    trace("worker", number, "has done", item);
  }
}

void is_done(Trace& trace, Queue<int>& queue) {
  try {
    queue.task_done();
    trace("done");
  } catch (const ValueError&) {
    trace("too many");
  }
}

Coro<void> main_coro(Trace& trace) {
  Queue<int> queue;
  co_await queue.join();
  trace("nothing to join");
  is_done(trace, queue);
  for (int item = 0; item < 2; ++item) queue.put_nowait(item);
  const std::vector<Task<void>> joiners = create(4, joins, trace, queue);
  co_await sleep(0s);
  joiners[1].cancel();
  is_done(trace, queue);
  co_await sleep(0s);
  trace("got", queue.get_nowait(), "which counts as done already");
  is_done(trace, queue);
  joiners[2].cancel();
  queue.put_nowait(2);
  trace("one more");
  const Task<void> late = create_task(joins(trace, queue, 4));
  co_await sleep(0s);
  co_await sleep(0s);
  trace("late is done:", late.done());
  is_done(trace, queue);
  co_await late;
  is_done(trace, queue);
  trace("size", queue.qsize());
  const std::vector<Task<void>> workers = create(2, works, trace, queue);
  co_await queue.put(3);
  co_await queue.join();
  trace("joined");
  for (const Task<void>& worker : workers) worker.cancel();
}
}  // namespace queue_join

namespace queue_shutdown {
Coro<void> gets(Trace& trace, Queue<int>& queue, int number) {
  try {
    const int item = co_await queue.get();
    trace("getter", number, "has", item);
  } catch (const QueueShutDown&) {
    trace("getter", number, "is refused");
  }
}

Coro<void> puts(Trace& trace, Queue<int>& queue, int number) {
  try {
    co_await queue.put(number);
    trace("putter", number, "has put");
  } catch (const QueueShutDown&) {
    trace("putter", number, "is refused");
  }
}

Coro<void> joins(Trace& trace, Queue<int>& queue, int number) {
  co_await queue.join();
  trace("joiner", number, "goes on");
}

Coro<void> refused(Trace& trace, Queue<int>& queue) {
  try {
    queue.put_nowait(0);
  } catch (const QueueShutDown&) {
    trace("put_nowait is refused");
  }
  try {
    queue.get_nowait();
  } catch (const QueueShutDown&) {
    trace("get_nowait is refused");
  }
  co_await puts(trace, queue, 100);
  co_await gets(trace, queue, 100);
}

Coro<void> with_getters(Trace& trace, bool immediate) {
  Queue<int> queue(1);
  const std::vector<Task<void>> getters = create(3, gets, trace, queue);
  co_await sleep(0s);
  queue.put_nowait(10);
  const Task<void> joiner = create_task(joins(trace, queue, 0));
  queue.shutdown(immediate);
  trace("size", queue.qsize());
  co_await sleep(0s);
  trace("one tick on, size", queue.qsize());
  co_await sleep(0s);
  trace("joiner is done:", joiner.done());
  if (!immediate) queue.task_done();
  co_await joiner;
}

Coro<void> with_putters(Trace& trace, bool immediate) {
  Queue<int> queue(2);
  for (const int item : {20, 21}) queue.put_nowait(item);
  const std::vector<Task<void>> putters = create(3, puts, trace, queue);
  const std::vector<Task<void>> joiners = create(2, joins, trace, queue);
  co_await sleep(0s);
  trace("got", queue.get_nowait());
  putters[1].cancel();
  queue.shutdown(immediate);
  queue.shutdown();
  trace("size", queue.qsize());
  co_await sleep(0s);
  trace("one tick on, size", queue.qsize());
  co_await gets(trace, queue, 3);
  queue.task_done();
  co_await sleep(0s);
  trace("joiners are done:", joiners[0].done(), joiners[1].done());
  if (!immediate) queue.task_done();
  for (const Task<void>& joiner : joiners) co_await joiner;
  co_await refused(trace, queue);
}

Coro<void> main_coro(Trace& trace) {
  for (const bool immediate : {false, true}) {
    trace("immediate:", immediate);
    co_await with_getters(trace, immediate);
    co_await with_putters(trace, immediate);
  }
}
}  // namespace queue_shutdown

namespace queue_kinds {
struct Job {
  int priority;
  int number;
  bool operator<(const Job& other) const { return priority < other.priority; }
};

template <class Kind>
Coro<void> gets(Trace& trace, Kind& queue, int number) {
  const Job job = co_await queue.get();
  trace("getter", number, "has", job.priority, job.number);
}

template <class Kind>
Coro<void> puts(Trace& trace, Kind& queue, Job job) {
  co_await queue.put(job);
  trace("put", job.priority, job.number);
}

template <class Kind>
Coro<void> order(Trace& trace) {
  Kind queue;
  for (int number = 0; number < 16; ++number) queue.put_nowait(Job{number * 5 % 3, number});
  for (int number = 0; number < 8; ++number) {
    const Job job = co_await queue.get();
    trace("got", job.priority, job.number);
  }
  for (int number = 16; number < 24; ++number) queue.put_nowait(Job{number % 2, number});
  while (!queue.empty()) {
    const Job job = queue.get_nowait();
    trace("got", job.priority, job.number);
  }
}

template <class Kind>
Coro<void> lines(Trace& trace) {
  Kind queue(2);
  std::vector<Task<void>> getters;
  for (int number = 0; number < 3; ++number) getters.push_back(create_task(gets(trace, queue, number)));
  co_await sleep(0s);
  for (int number = 0; number < 2; ++number) queue.put_nowait(Job{1 - number, number});
  trace("full:", queue.full());
  std::vector<Task<void>> putters;
  for (int number = 2; number < 6; ++number) {
    putters.push_back(create_task(puts(trace, queue, Job{number % 2, number})));
  }
  for (const Task<void>& getter : getters) co_await getter;
  while (!queue.empty()) {
    const Job job = queue.get_nowait();
    trace("got", job.priority, job.number);
    co_await sleep(0s);
  }
  for (const Task<void>& putter : putters) co_await putter;
}

Coro<void> main_coro(Trace& trace) {
  co_await order<PriorityQueue<Job>>(trace);
  co_await order<LifoQueue<Job>>(trace);
  co_await lines<PriorityQueue<Job>>(trace);
  co_await lines<LifoQueue<Job>>(trace);
}
}  // namespace queue_kinds

constexpr Script scripts[] = {
    {"queue_order", queue_order::main_coro},       {"queue_barging", queue_barging::main_coro},
    {"queue_cancel", queue_cancel::main_coro},     {"queue_join", queue_join::main_coro},
    {"queue_shutdown", queue_shutdown::main_coro}, {"queue_kinds", queue_kinds::main_coro},
};
}  // namespace

std::span<const Script> queue_scripts() { return scripts; }

}  // namespace weft::conformance
