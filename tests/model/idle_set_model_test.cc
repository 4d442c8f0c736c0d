// The idle protocol under every interleaving: no worker sleeps while an item is available and nobody is on the way to it.
//
// Workers and producers do here what the scheduler's do, step by step; IdleSet is the one that ships. A worker that has taken
// an item computes for ever, so every other item must find another worker.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "weft/runtime/sched/idle_set.h"

namespace weft::model {
namespace {

// One queue of one producer; the workers take by CAS.
struct Source {
  Atomic<std::uint32_t> tail{0};
  Atomic<std::uint32_t> head{0};

  void push() { tail.store(tail.load(Order::relaxed) + 1, Order::release); }
  bool empty() { return head.load(Order::acquire) >= tail.load(Order::acquire); }
  bool take() {
    std::uint32_t h = head.load(Order::acquire);
    return h < tail.load(Order::acquire) && head.compare_exchange_strong(h, h + 1, Order::acq_rel, Order::relaxed);
  }
};

// Steps of the protocol that a test may leave out, to see that they are needed.
struct Protocol {
  bool producer_barrier = true;
  bool producer_wakes = true;
  bool sleeper_barrier = true;
  bool last_look = true;
  bool last_searcher_wakes = true;
  bool failed_claim_wakes = true;
};

class Workers {
 public:
  Workers(unsigned workers, unsigned sources, Protocol protocol)
      : protocol_(protocol), workers_(workers), sources_(sources), idle_(workers, 1) {}

  void produce(unsigned source) {
    ++pushed_;
    sources_[source].push();
    if (protocol_.producer_barrier) Atomics::light_barrier();
    if (protocol_.producer_wakes && idle_.waking_pays()) wake_one();
  }

  // Until the worker has an item to compute.
  void run(unsigned worker) {
    bool searching = false;
    for (;;) {
      searching = searching || idle_.begin_search();
      if (searching) {
        const bool found = take();
        if (idle_.end_search() && found && protocol_.last_searcher_wakes) wake_one();
        if (found) return;
      }
      searching = wait_for_work(worker);
      Atomics::pause();
    }
  }

  // Somebody wants this worker awake, for a reason that the queues do not show.
  void wake(unsigned worker) {
    if (idle_.claim_for_search(worker)) {
      Atomics::unpark(idle_.word(worker));
    } else if (protocol_.failed_claim_wakes) {
      wake_one();
    }
  }

  void nobody_sleeps_beside_an_item() { check(taken_ == pushed_, "no worker sleeps while an item is available"); }

 private:
  bool take() {
    for (Source& source : sources_) {
      if (!source.take()) continue;
      ++taken_;
      return true;
    }
    return false;
  }

  // True: a producer claimed the worker, which counts as a searcher.
  bool wait_for_work(unsigned worker) {
    static_cast<void>(idle_.announce(worker));
    const bool covered = idle_.somebody_searches();
    if (!covered && protocol_.sleeper_barrier) Atomics::heavy_barrier();
    bool stay = true;
    if (!covered && protocol_.last_look) {
      for (Source& source : sources_) stay = stay && source.empty();
    }
    while (stay && idle_.word(worker).load(Order::relaxed) == Idle::kAsleep)
      Atomics::park(idle_.word(worker), Idle::kAsleep);
    return idle_.retract(worker) == Woken::by_producer;
  }

  void wake_one() {
    const int worker = idle_.wake_one(workers_);
    if (worker >= 0) Atomics::unpark(idle_.word(static_cast<unsigned>(worker)));
  }

  using Idle = IdleSet<Atomics>;

  const Protocol protocol_;
  const unsigned workers_;
  std::vector<Source> sources_;
  Idle idle_;
  int pushed_ = 0;
  int taken_ = 0;
};

void finish(Execution& e, Workers& workers) {
  e.when_all_sleep([&] { workers.nobody_sleeps_beside_an_item(); });
  e.finally([&] { workers.nobody_sleeps_beside_an_item(); });
}

Body one_item_for_one_worker(Protocol protocol) {
  return [protocol](Execution& e) {
    Workers workers(1, 1, protocol);
    e.thread("producer", [&] { workers.produce(0); });
    e.thread("worker", [&] { workers.run(0); });
    finish(e, workers);
  };
}

Body one_item_and_a_worker_that_is_called(Protocol protocol) {
  return [protocol](Execution& e) {
    Workers workers(1, 1, protocol);
    e.thread("producer", [&] { workers.produce(0); });
    e.thread("caller", [&] { workers.wake(0); });
    e.thread("worker", [&] { workers.run(0); });
    finish(e, workers);
  };
}

Body two_items_for_two_workers(Protocol protocol) {
  return [protocol](Execution& e) {
    Workers workers(2, 1, protocol);
    e.thread("producer", [&] {
      workers.produce(0);
      workers.produce(0);
    });
    e.thread("first", [&] { workers.run(0); });
    e.thread("second", [&] { workers.run(1); });
    finish(e, workers);
  };
}

Body two_producers(Protocol protocol) {
  return [protocol](Execution& e) {
    Workers workers(2, 2, protocol);
    e.thread("producer 0", [&] { workers.produce(0); });
    e.thread("producer 1", [&] { workers.produce(1); });
    e.thread("first", [&] { workers.run(0); });
    e.thread("second", [&] { workers.run(1); });
    finish(e, workers);
  };
}

// The worker that takes the item makes another one and computes.
Body an_item_that_makes_another(Protocol protocol) {
  return [protocol](Execution& e) {
    Workers workers(2, 2, protocol);
    e.thread("producer", [&] { workers.produce(0); });
    e.thread("first", [&] {
      workers.run(0);
      workers.produce(1);
    });
    e.thread("second", [&] { workers.run(1); });
    finish(e, workers);
  };
}

// Runs in which a producer and a worker chase each other for ever exist, ever so unlikely: they end at max_steps.
Options within(int preemptions, int stale_reads, Machine machine) {
  Options options;
  options.preemption_bound = preemptions;
  options.stale_reads = stale_reads;
  options.machine = machine;
  options.max_steps = 100;
  options.cut_long_runs = true;
  return options;
}

std::vector<Scenario> scenarios(Machine machine, Protocol protocol = {}) {
  return {
      {"one item for one worker", one_item_for_one_worker(protocol), within(3, 2, machine)},
      {"one item and a worker that is called", one_item_and_a_worker_that_is_called(protocol), within(2, 1, machine)},
      {"two items for two workers", two_items_for_two_workers(protocol), within(1, 1, machine)},
      {"an item that makes another", an_item_that_makes_another(protocol), within(1, 1, machine)},
      {"two producers", two_producers(protocol), within(0, 1, machine)}};
}

TEST(IdleSetModel, no_worker_sleeps_while_an_item_is_available_on_x86_64) { explore_all(scenarios(Machine::x86_64)); }

TEST(IdleSetModel, no_worker_sleeps_while_an_item_is_available_wherever_cpp_runs) {
  explore_all(scenarios(Machine::cpp));
}

TEST(IdleSetModel, nobody_spins_without_a_pause) {
  Scenario scenario{"one item for one worker", one_item_for_one_worker({}), within(2, 2, Machine::cpp)};
  scenario.options.cut_long_runs = false;
  explore_all({scenario});
}

TEST(IdleSetModel, each_step_of_the_protocol_that_is_left_out_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the producer's barrier", &Protocol::producer_barrier},
      {"the producer's waking", &Protocol::producer_wakes},
      {"the sleeper's barrier", &Protocol::sleeper_barrier},
      {"the sleeper's last look", &Protocol::last_look},
      {"the last searcher's waking", &Protocol::last_searcher_wakes},
      {"the waking after a failed claim", &Protocol::failed_claim_wakes},
  };
  expect_each_noticed(steps, [](Protocol protocol) { return scenarios(Machine::x86_64, protocol); });
}

}  // namespace
}  // namespace weft::model
