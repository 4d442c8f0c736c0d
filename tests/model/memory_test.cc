// The memory model: which outcomes a litmus test must show, which it must never show, and which accesses are races.

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "model/litmus.h"

namespace weft::model {
namespace {

TEST(Memory, relaxed_store_buffering_shows_both_zero) {
  EXPECT_EQ(store_buffering(Between::nothing), (std::set<std::string>{"00", "01", "10", "11"}));
}

TEST(Memory, seq_cst_accesses_forbid_both_zero) {
  EXPECT_EQ(store_buffering(Between::seq_cst_accesses), (std::set<std::string>{"01", "10", "11"}));
}

TEST(Memory, updates_of_one_word_forbid_both_zero) { EXPECT_EQ(store_buffering(Between::one_word).count("00"), 0u); }

TEST(Memory, updates_of_two_words_forbid_both_zero_only_where_they_are_full_barriers) {
  EXPECT_EQ(store_buffering(Between::own_words).count("00"), 1u);
  Options x86;
  x86.machine = Machine::x86_64;
  EXPECT_EQ(store_buffering(Between::own_words, x86).count("00"), 0u);
}

TEST(Memory, a_light_and_a_heavy_barrier_forbid_both_zero) {
  EXPECT_EQ(store_buffering(Between::barriers), (std::set<std::string>{"01", "10", "11"}));
}

TEST(Memory, a_heavy_barrier_alone_does_not_order_the_other_side) {
  const auto seen = outcomes({}, [](Execution& e, std::set<std::string>& all) {
    U32 x{0}, y{0};
    std::uint32_t left = 9, right = 9;
    e.thread("left", [&] {
      x.store(1, relaxed);
      left = y.load(relaxed);
    });
    e.thread("right", [&] {
      y.store(1, relaxed);
      Atomics::heavy_barrier();
      right = x.load(relaxed);
    });
    e.finally([&] { all.insert(std::to_string(left) + std::to_string(right)); });
  });
  EXPECT_EQ(seen.count("00"), 1u);
}

TEST(Memory, a_heavy_barrier_does_not_reach_all_threads_at_one_moment) {
  // left and right tell each other nothing; only the caller's own order with each of them is made.
  const auto litmus = [](Execution& e, std::set<std::string>& all) {
    U32 x{0}, y{0};
    std::uint32_t left = 9, right = 9;
    e.thread("left", [&] {
      x.store(1, relaxed);
      Atomics::light_barrier();
      left = y.load(relaxed);
    });
    e.thread("right", [&] {
      y.store(1, relaxed);
      Atomics::light_barrier();
      right = x.load(relaxed);
    });
    e.thread("caller", [] { Atomics::heavy_barrier(); });
    e.finally([&] { all.insert(std::to_string(left) + std::to_string(right)); });
  };
  EXPECT_EQ(outcomes({}, litmus).count("00"), 1u);
}

Result message_passing(Order publish, Order receive, bool plain) {
  return explore({}, [=](Execution& e) {
    U32 data{0}, ready{0};
    Plain<int> cell{0};
    e.name(ready, "ready");
    e.thread("writer", [&] {
      data.store(1, relaxed);
      if (plain) cell.set(1);
      ready.store(1, publish);
    });
    e.thread("reader", [&] {
      if (ready.load(receive) == 0) return;
      if (plain) check(cell.get() == 1, "the cell is seen as written");
      check(data.load(relaxed) == 1, "the data is seen as stored");
    });
    e.finally();
  });
}

TEST(Memory, relaxed_message_passing_reads_stale_data) {
  for (const auto& [publish, receive] : {std::pair{relaxed, relaxed}, {release, relaxed}, {relaxed, acquire}}) {
    EXPECT_TRUE(mentions(message_passing(publish, receive, false), "the data is seen as stored"));
  }
}

TEST(Memory, relaxed_message_passing_races_on_a_plain_cell) {
  for (const auto& [publish, receive] : {std::pair{relaxed, relaxed}, {release, relaxed}, {relaxed, acquire}}) {
    const Result result = message_passing(publish, receive, true);
    EXPECT_TRUE(mentions(result, "data race: reader reads")) << result.failure.value_or("nothing found");
  }
}

TEST(Memory, release_and_acquire_pass_a_message) {
  EXPECT_TRUE(message_passing(release, acquire, false).passed());
  EXPECT_TRUE(message_passing(release, acquire, true).passed());
}

TEST(Memory, an_update_carries_the_release_on_and_a_store_does_not) {
  for (const bool update : {true, false}) {
    const Result result = explore({}, [update](Execution& e) {
      U32 ready{0};
      Plain<int> cell{0};
      e.thread("writer", [&] {
        cell.set(1);
        ready.store(1, release);
      });
      e.thread("between", [&] {
        if (ready.load(relaxed) != 1) return;
        if (update) {
          ready.fetch_add(1, relaxed);
        } else {
          ready.store(2, relaxed);
        }
      });
      e.thread("reader", [&] {
        if (ready.load(acquire) == 2) static_cast<void>(cell.get());
      });
      e.finally();
    });
    EXPECT_EQ(result.passed(), update) << result.failure.value_or(result.summary());
  }
}

TEST(Memory, a_trace_names_thread_operation_value_order_and_place) {
  const Result result = message_passing(relaxed, relaxed, false);
  for (const char* part : {"writer", "reader", "store ready := 1", "load ready = 1", "(stale: 1 newer)", "relaxed",
                           "memory_test.cc:", "schedule, 4 steps"}) {
    EXPECT_TRUE(mentions(result, part)) << part << " is missing in\n" << result.failure.value_or("");
  }
}

TEST(Memory, coherence_holds_for_relaxed_accesses) {
  const auto seen = outcomes({}, [](Execution& e, std::set<std::string>& all) {
    U32 x{0};
    std::uint32_t first = 9, second = 9;
    e.thread("writer", [&] {
      x.store(1, relaxed);
      x.store(2, relaxed);
    });
    e.thread("reader", [&] {
      first = x.load(relaxed);
      second = x.load(relaxed);
    });
    e.finally([&] {
      check(x.load(relaxed) == 2, "the last store is what remains");
      all.insert(std::to_string(first) + std::to_string(second));
    });
  });
  EXPECT_EQ(seen, (std::set<std::string>{"00", "01", "02", "11", "12", "22"}));
}

TEST(Memory, independent_readers_may_disagree_unless_everything_is_seq_cst) {
  const auto disagree = [](Order store_order, Order load_order) {
    const auto seen = outcomes({}, [=](Execution& e, std::set<std::string>& all) {
      U32 x{0}, y{0};
      std::uint32_t a = 9, b = 9, c = 9, d = 9;
      e.thread("x", [&] { x.store(1, store_order); });
      e.thread("y", [&] { y.store(1, store_order); });
      e.thread("x first", [&] { a = x.load(load_order), b = y.load(load_order); });
      e.thread("y first", [&] { c = y.load(load_order), d = x.load(load_order); });
      e.finally([&] { all.insert(a == 1 && b == 0 && c == 1 && d == 0 ? "disagree" : "agree"); });
    });
    return seen.count("disagree") == 1;
  };
  EXPECT_TRUE(disagree(release, acquire));
  EXPECT_FALSE(disagree(seq_cst, seq_cst));
}

TEST(Memory, a_spurious_failure_of_a_weak_exchange_is_tried_when_asked_for) {
  const auto body = [](Execution& e) {
    U32 x{0};
    e.thread("one", [&] {
      std::uint32_t expected = 0;
      check(x.compare_exchange_weak(expected, 1, acq_rel, relaxed), "the only thread's exchange succeeds");
    });
    e.finally();
  };
  EXPECT_TRUE(explore({}, body).passed());
  Options options;
  options.spurious_failures = 1;
  EXPECT_TRUE(mentions(explore(options, body), "fails spuriously"));
}

TEST(Memory, a_failed_exchange_may_read_a_stale_value_and_a_successful_one_never) {
  const auto seen = outcomes({}, [](Execution& e, std::set<std::string>& all) {
    U32 x{0};
    std::uint32_t expected = 1;
    bool exchanged = false;
    e.thread("writer", [&] { x.store(1, relaxed), x.store(2, relaxed); });
    e.thread("taker", [&] { exchanged = x.compare_exchange_strong(expected, 5, relaxed, relaxed); });
    e.finally(
        [&] { all.insert(exchanged ? "taken" : std::to_string(expected) + ", last " + std::to_string(x.load())); });
  });
  EXPECT_EQ(seen, (std::set<std::string>{"taken", "0, last 2", "2, last 2"}));
}

TEST(Memory, use_after_destruction_and_unordered_destruction_are_found) {
  const auto body = [](Order give_up) {
    return [give_up](Execution& e) {
      union Storage {
        Storage() : value(0) {}
        ~Storage() {}
        U32 value;
      } storage;
      U32 users{2};
      for (const char* name : {"one", "two"}) {
        e.thread(name, [&] {
          storage.value.fetch_add(1, relaxed);
          if (users.fetch_sub(1, give_up) == 1) std::destroy_at(&storage.value);
        });
      }
      e.finally();
    };
  };
  EXPECT_TRUE(explore({}, body(acq_rel)).passed());
  EXPECT_TRUE(mentions(explore({}, body(release)), "is destroyed without order to another thread's use"));
  const Result result = explore({}, [](Execution& e) {
    union Storage {
      Storage() : value(0) {}
      ~Storage() {}
      U32 value;
    } storage;
    U32 order{0};
    e.thread("destroyer", [&] {
      std::destroy_at(&storage.value);
      order.store(1, release);
    });
    e.thread("user", [&] {
      if (order.load(acquire) == 1) storage.value.store(1, relaxed);
    });
    e.finally();
  });
  EXPECT_TRUE(mentions(result, "use after destruction: user"));
}

TEST(Memory, pointers_flags_and_enumerations_pass_through_unchanged) {
  enum class Colour : std::uint8_t { red, blue };
  int object = 0;
  const Result result = explore({}, [&object](Execution& e) {
    Atomic<int*> pointer{nullptr};
    Atomic<bool> flag{false};
    Atomic<Colour> colour{Colour::red};
    Atomic<std::int64_t> number{-5};
    e.thread("one", [&] {
      pointer.store(&object, release);
      check(flag.exchange(true, acq_rel) == false, "exchange gives the old value");
      Colour expected = Colour::blue;
      check(!colour.compare_exchange_strong(expected, Colour::blue) && expected == Colour::red, "expected is updated");
      check(number.fetch_sub(2) == -5 && number.load() == -7, "signed arithmetic holds");
      check(number.fetch_and(3) == -7 && number.fetch_or(8) == 1 && number.load() == 9, "bit operations hold");
    });
    e.finally([&] { check(pointer.load() == &object && flag.load(), "what was stored is there at the end"); });
  });
  EXPECT_TRUE(result.passed()) << result.failure.value_or("");
}

TEST(Memory, barriers_order_accesses_and_publish_no_data) {
  const Result result = explore({}, [](Execution& e) {
    U32 ready{0};
    Plain<int> cell{0};
    e.thread("light", [&] {
      cell.set(1);
      ready.store(1, relaxed);
      Atomics::light_barrier();
    });
    e.thread("heavy", [&] {
      Atomics::heavy_barrier();
      if (ready.load(relaxed) == 1) static_cast<void>(cell.get());
    });
    e.finally();
  });
  EXPECT_TRUE(mentions(result, "data race: heavy reads")) << result.failure.value_or(result.summary());
}

}  // namespace
}  // namespace weft::model
