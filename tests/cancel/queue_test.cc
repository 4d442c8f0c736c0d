// Queues whose putters, getters and joiners are cancelled everywhere: each item is got once, still in the queue or still with its owner, and
// nobody waits afterwards.
#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "cancel/depot.h"
#include "cancel/ends_as.h"
#include "weft/primitives/lifo_queue.h"
#include "weft/primitives/priority_queue.h"
#include "weft/primitives/queue.h"

namespace weft::tests {
namespace {

using Numbers = Depot<Queue<int>, int>;
using Parcels = Depot<Queue<Parcel>, Parcel>;

template <class Depot>
Coro<void> puts(Depot& depot, int first, int count) {
  for (int i = first; i < first + count; ++i) {
    co_await depot.queue.put(i);
    depot.note_put(i);
    if (i % 3 == 2) co_await sleep(1ms);
  }
}
template <class Depot>
Coro<void> gets(Depot& depot, int count) {
  for (int i = 0; i < count; ++i) {
    const auto item = co_await depot.queue.get();
    depot.note_got(item);
  }
}
template <class Depot>
void put_now(Depot& depot, int item) {
  if (depot.queue.try_put(int(item))) depot.note_put(item);
}
template <class Depot>
void get_now(Depot& depot) {
  if (const auto item = depot.queue.try_get()) depot.note_got(*item);
}

// The other one must get all that it asks for, whatever becomes of the cancelled one.
Coro<void> getter_beside_another(Probe& probe) {
  Numbers& depot = depot_of<Numbers>(probe, 0);
  create_task(gets(depot, 3));
  create_task(puts(depot, 1, 6));
  co_await gets(depot, 3);
}
TEST(CancelQueue, of_a_getter_beside_another_one) { everywhere(getter_beside_another); }

Coro<void> putter_beside_another(Probe& probe) {
  Numbers& depot = depot_of<Numbers>(probe, 1);
  create_task(puts(depot, 10, 3));
  create_task(gets(depot, 3));
  co_await sleep(0s);
  co_await puts(depot, 20, 1);
}
TEST(CancelQueue, of_a_putter_beside_another_one) { everywhere(putter_beside_another); }

// One item comes, and another one only from who got it: what one that is cancelled was woken for and did not take must wake the other one.
Coro<void> only_item(Probe& probe) {
  Numbers& depot = depot_of<Numbers>(probe, 0);
  const auto later = [](Numbers* given) -> Coro<void> {
    co_await sleep(1ms);
    put_now(*given, 1);
  };
  create_task(later(&depot));
  const auto second = [](Numbers* given) -> Coro<void> {
    co_await sleep(0s);
    co_await gets(*given, 1);
    put_now(*given, 3);
  };
  create_task(second(&depot));
  co_await gets(depot, 1);
  put_now(depot, 2);
}
TEST(CancelQueue, of_a_getter_that_was_woken_by_the_only_item) { everywhere(only_item); }

// The same for room.
Coro<void> only_room(Probe& probe) {
  Numbers& depot = depot_of<Numbers>(probe, 1);
  put_now(depot, 1);
  const auto later = [](Numbers* given) -> Coro<void> {
    co_await sleep(1ms);
    get_now(*given);
  };
  create_task(later(&depot));
  const auto second = [](Numbers* given) -> Coro<void> {
    co_await sleep(0s);
    co_await puts(*given, 10, 1);
    get_now(*given);
  };
  create_task(second(&depot));
  co_await puts(depot, 21, 1);
  get_now(depot);
}
TEST(CancelQueue, of_a_putter_that_was_woken_by_the_only_room) { everywhere(only_room); }

// A woken getter finds the item gone and waits again, behind another one.
Coro<void> outpaced_getter(Probe& probe) {
  Numbers& depot = depot_of<Numbers>(probe, 0);
  const auto outpaces = [](Numbers* given) -> Coro<void> {
    co_await sleep(1ms);
    put_now(*given, 1);
    get_now(*given);
    co_await sleep(1ms);
    for (const int item : {2, 3}) put_now(*given, item);
  };
  create_task(outpaces(&depot));
  const auto late = [](Numbers* given) -> Coro<void> {
    co_await sleep(0s);
    co_await gets(*given, 1);
  };
  create_task(late(&depot));
  co_await gets(depot, 1);
}
TEST(CancelQueue, of_a_getter_that_was_woken_for_nothing) { everywhere(outpaced_getter); }

Coro<void> outpaced_putter(Probe& probe) {
  Numbers& depot = depot_of<Numbers>(probe, 1);
  put_now(depot, 1);
  const auto outpaces = [](Numbers* given) -> Coro<void> {
    co_await sleep(1ms);
    get_now(*given);
    put_now(*given, 2);
    co_await sleep(1ms);
    for (int i = 0; i < 2; ++i) {
      get_now(*given);
      co_await sleep(1ms);
    }
  };
  create_task(outpaces(&depot));
  const auto late = [](Numbers* given) -> Coro<void> {
    co_await sleep(0s);
    co_await puts(*given, 10, 1);
  };
  create_task(late(&depot));
  co_await puts(depot, 20, 1);
}
TEST(CancelQueue, of_a_putter_that_was_woken_for_nothing) { everywhere(outpaced_putter); }

// The item comes in the moment in which the time is up.
Coro<void> get_with_deadline(Probe& probe) {
  Numbers& depot = depot_of<Numbers>(probe, 0);
  const auto later = [](Numbers* given) -> Coro<void> {
    for (int i = 0; i < 2; ++i) {
      co_await sleep(1ms);
      put_now(*given, i);
    }
  };
  create_task(later(&depot));
  bool late = false;
  try {
    co_await wait_for(gets(depot, 1), 1ms);
  } catch (const TimeoutError&) {
    late = true;
  }
  co_await gets(depot, late ? 2 : 1);
}
TEST(CancelQueue, of_a_get_with_a_deadline) { everywhere(get_with_deadline); }

Coro<void> puts_from(Parcels& depot, std::vector<Parcel>& items) {
  for (Parcel& item : items) co_await depot.queue.put_from(item);
}
Coro<void> put_with_deadline(Probe& probe) {
  Parcels& depot = depot_of<Parcels>(probe, 2);
  std::vector<Parcel>& items = depot.owner(0, 4);
  const CancelledAtExit getter(create_task([](Parcels* given) -> Coro<void> {
    co_await sleep(1ms);
    co_await gets(*given, 1);
    co_await sleep(2ms);
    co_await gets(*given, 3);
  }(&depot)));
  const auto block = [&]() -> Coro<void> { co_await puts_from(depot, items); };
  bool late = false;
  try {
    co_await with_timeout(1ms, block);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late, "the deadline did not end the wait");
  for (Parcel& item : items) {
    if (item) co_await depot.queue.put_from(item);
  }
}
TEST(CancelQueue, of_a_put_from_with_a_deadline) { everywhere(put_with_deadline); }

Coro<void> putter_of_parcels(Probe& probe) {
  Parcels& depot = depot_of<Parcels>(probe, 1);
  create_task(puts_from(depot, depot.owner(10, 3)));
  create_task(gets(depot, 3));
  co_await sleep(0s);
  co_await puts_from(depot, depot.owner(20, 1));
}
TEST(CancelQueue, of_a_put_from_beside_another_one) { everywhere(putter_of_parcels); }

Coro<void> batch(Probe& probe) {
  Parcels& depot = depot_of<Parcels>(probe, 2);
  const CancelledAtExit getter(create_task([](Parcels* given) -> Coro<void> {
    for (int i = 0; i < 7; ++i) {
      co_await gets(*given, 1);
      co_await sleep(i % 2 == 0 ? 1ms : 0ms);
    }
  }(&depot)));
  std::vector<Parcel>& items = depot.owner(0, 7);
  co_await depot.queue.put_many(items);
  probe.expect(items.empty(), "an item is left");
}
TEST(CancelQueue, of_a_put_many_leaves_what_was_not_put) { everywhere(batch); }

Coro<void> gets_some(Parcels& depot, std::size_t until) {
  while (depot.got() < until) {
    const std::vector<Parcel> items = co_await depot.queue.get_many(3);
    for (const Parcel& item : items) depot.note_got(item);
  }
}
Coro<void> batches(Probe& probe) {
  Parcels& depot = depot_of<Parcels>(probe, 4);
  const CancelledAtExit putter(create_task([](Parcels* given) -> Coro<void> {
    for (int i = 0; i < 3; ++i) {
      co_await given->queue.put_many(given->owner(10 * i, 3));
      co_await sleep(1ms);
    }
  }(&depot)));
  co_await gets_some(depot, 9);
}
TEST(CancelQueue, of_a_get_many) { everywhere(batches); }

template <class Depot>
Coro<void> group_of_both(Probe& probe, std::int64_t maxsize) {
  Depot& depot = depot_of<Depot>(probe, maxsize);
  const auto block = [&depot](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 2; ++i) {
      group.create_task(gets(depot, 4));
      group.create_task(puts(depot, 10 * i, 4));
    }
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelQueue, of_a_group_at_a_bounded_queue) {
  everywhere([](Probe& probe) { return group_of_both<Numbers>(probe, 1); });
}
TEST(CancelQueue, of_a_group_at_an_unbounded_queue) {
  everywhere([](Probe& probe) { return group_of_both<Numbers>(probe, 0); });
}
TEST(CancelQueue, of_a_group_at_a_priority_queue) {
  everywhere([](Probe& probe) { return group_of_both<Depot<PriorityQueue<int>, int>>(probe, 2); });
}
TEST(CancelQueue, of_a_group_at_a_lifo_queue) {
  everywhere([](Probe& probe) { return group_of_both<Depot<LifoQueue<int>, int>>(probe, 2); });
}

Coro<void> works(Numbers& depot, int count) {
  for (int i = 0; i < count; ++i) {
    co_await gets(depot, 1);
    co_await sleep(i % 2 == 0 ? 1ms : 0ms);
    depot.queue.task_done();
    depot.note_done();
  }
}
Coro<void> joins(Numbers& depot) { co_await depot.queue.join(); }
Coro<void> joiner(Probe& probe) {
  Numbers& depot = depot_of<Numbers>(probe, 0);
  for (int i = 0; i < 4; ++i) put_now(depot, i);
  create_task(works(depot, 4));
  create_task(joins(depot));
  co_await joins(depot);
  put_now(depot, 4);
  create_task(works(depot, 1));
  co_await joins(depot);
}
TEST(CancelQueue, of_a_joiner_beside_another_one) { everywhere(joiner); }

Coro<void> worker_pool(Probe& probe) {
  Numbers& depot = depot_of<Numbers>(probe, 2);
  const auto block = [&depot](TaskGroup& group) -> Coro<void> {
    const auto works_until_shut_down = [](Numbers* given) -> Coro<void> {
      try {
        co_await works(*given, 100);
      } catch (const QueueShutDown&) {
      }
    };
    for (int i = 0; i < 3; ++i) group.create_task(works_until_shut_down(&depot));
    co_await puts(depot, 0, 7);
    co_await joins(depot);
    depot.queue.shutdown();
  };
  co_await with_task_group(block);
}
TEST(CancelQueue, of_a_pool_of_workers_that_is_joined) { everywhere(worker_pool); }

// Each stage owns at most one item on its way, and hands it on or keeps it.
Coro<void> stage(Parcels& from, Parcels& to, std::vector<Parcel>& hand, int count) {
  for (int i = 0; i < count; ++i) {
    hand.push_back(co_await from.queue.get());
    from.note_got(hand.back());
    to.note_put(*hand.back());
    co_await to.queue.put_from(hand.back());
    hand.clear();
  }
}
Coro<void> pipeline(Probe& probe) {
  Parcels& first = depot_of<Parcels>(probe, 1);
  Parcels& second = depot_of<Parcels>(probe, 2);
  Parcels& third = depot_of<Parcels>(probe, 1);
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    group.create_task(puts_from(first, first.owner(0, 5)));
    group.create_task(stage(first, second, second.owner(0, 0), 5));
    group.create_task(stage(second, third, third.owner(0, 0), 5));
    group.create_task(gets(third, 5));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelQueue, of_a_pipeline_of_three) { everywhere(pipeline); }

Coro<void> until_shut_down(Coro<void> body) {
  try {
    co_await std::move(body);
  } catch (const QueueShutDown&) {
  }
}
// Whoever shuts it down is not cancelled; those that wait are let go, or were cancelled before.
template <bool kImmediate, bool kGets>
Coro<void> shut_down_below(Probe& probe) {
  Numbers& depot = depot_of<Numbers>(probe, 1, kImmediate);
  const auto closes = [](Numbers* given) -> Coro<void> {
    co_await sleep(2ms);
    given->queue.shutdown(kImmediate);
  };
  create_task(closes(&depot));
  create_task(until_shut_down(gets(depot, kGets ? 1 : 3)));
  create_task(until_shut_down(puts(depot, 10, kGets ? 4 : 100)));
  if constexpr (kGets) {
    co_await until_shut_down(gets(depot, 100));
  } else {
    co_await until_shut_down(puts(depot, 200, 100));
  }
}
TEST(CancelQueue, of_a_getter_while_the_queue_is_shut_down) { everywhere(shut_down_below<false, true>); }
TEST(CancelQueue, of_a_putter_while_the_queue_is_shut_down) { everywhere(shut_down_below<false, false>); }
TEST(CancelQueue, of_a_getter_while_the_queue_is_shut_down_immediately) { everywhere(shut_down_below<true, true>); }
TEST(CancelQueue, of_a_putter_while_the_queue_is_shut_down_immediately) { everywhere(shut_down_below<true, false>); }

template <bool kImmediate>
Coro<void> shuts_down_at_exit(Probe& probe) {
  Numbers& depot = depot_of<Numbers>(probe, 2, kImmediate);
  const AtExit at_exit([&depot] { depot.queue.shutdown(kImmediate); });
  create_task(until_shut_down(gets(depot, 2)));
  create_task(until_shut_down(puts(depot, 10, 100)));
  create_task(until_shut_down(puts(depot, 200, 100)));
  co_await gets(depot, 2);
  co_await sleep(1ms);
}
TEST(CancelQueue, of_the_task_that_shuts_it_down) { everywhere(shuts_down_at_exit<false>); }
TEST(CancelQueue, of_the_task_that_shuts_it_down_immediately) { everywhere(shuts_down_at_exit<true>); }

}  // namespace
}  // namespace weft::tests
