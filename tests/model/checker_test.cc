// The walk over all schedules: how many there are, how executions end, and what surveys say.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "model/litmus.h"

namespace weft::model {
namespace {

TEST(Checker, a_lost_update_is_found) {
  const auto body = [](bool one_step) {
    return [one_step](Execution& e) {
      U32 count{0};
      for (const char* name : {"one", "two"}) {
        e.thread(name, [&] {
          if (one_step) {
            count.fetch_add(1, relaxed);
          } else {
            count.store(count.load(relaxed) + 1, relaxed);
          }
        });
      }
      e.finally([&] { check(count.load(relaxed) == 2, "both increments count"); });
    };
  };
  EXPECT_TRUE(mentions(explore({}, body(false)), "both increments count"));
  EXPECT_TRUE(explore({}, body(true)).passed());
}

std::uint64_t binomial(std::uint64_t n, std::uint64_t k) {
  std::uint64_t result = 1;
  for (std::uint64_t i = 1; i <= k; ++i) result = result * (n - k + i) / i;
  return result;
}

TEST(Checker, two_threads_of_n_updates_have_exactly_binomially_many_executions) {
  for (const unsigned n : {1u, 2u, 3u, 5u, 7u}) {
    for (const bool reduce : {false, true}) {  // on one location nothing is independent
      Options options;
      options.reduce = reduce;
      const Result result = explore(options, [n](Execution& e) {
        U32 x{0};
        for (const char* name : {"one", "two"}) {
          e.thread(name, [&x, n] {
            for (unsigned i = 0; i < n; ++i) x.fetch_add(1, relaxed);
          });
        }
        e.finally([&] { check(x.load(relaxed) == 2 * n, "every update counts"); });
      });
      EXPECT_TRUE(result.passed()) << result.failure.value_or("");
      EXPECT_EQ(result.executions, binomial(2 * n, n)) << result.summary();
      EXPECT_EQ(result.pruned, 0u);
    }
  }
}

TEST(Checker, the_reduction_runs_independent_steps_in_one_order_and_finds_the_same_outcomes) {
  const auto body = [](Execution& e) {
    U32 x{0}, y{0};
    e.thread("one", [&] {
      for (int i = 0; i < 4; ++i) x.fetch_add(1, relaxed);
    });
    e.thread("two", [&] {
      for (int i = 0; i < 4; ++i) y.fetch_add(1, relaxed);
    });
    e.finally();
  };
  EXPECT_EQ(explore(unreduced(), body).executions, 70u);
  EXPECT_EQ(explore({}, body).executions, 1u);
  for (const Between between : {Between::nothing, Between::own_words, Between::one_word, Between::barriers}) {
    EXPECT_EQ(store_buffering(between), store_buffering(between, unreduced()));
  }
}

TEST(Checker, a_preemption_bound_counts_switches_away_from_a_thread_that_could_go_on) {
  const auto body = [](Execution& e) {
    U32 x{0};
    for (const char* name : {"one", "two"}) {
      e.thread(name, [&] {
        for (int i = 0; i < 5; ++i) x.fetch_add(1, relaxed);
      });
    }
    e.finally();
  };
  Options options;
  options.preemption_bound = 0;
  EXPECT_EQ(explore(options, body).executions, 2u);
  options.preemption_bound = 1;  // either thread first, and one switch after 1..4 of its steps
  const Result result = explore(options, body);
  EXPECT_EQ(result.executions, 10u);
  EXPECT_NE(result.summary().find("complete up to 1 preemptions"), std::string::npos) << result.summary();
  options.preemption_bound = 20;
  EXPECT_NE(explore(options, body).summary().find("steps, complete,"), std::string::npos);
}

TEST(Checker, a_deadlock_is_reported_with_who_waits_where) {
  const Result result = explore({}, [](Execution& e) {
    U32 one{0}, two{0};
    e.name(one, "one's word");
    e.thread("one", [&] { Atomics::park(one, 0); });
    e.thread("two", [&] { Atomics::park(two, 0); });
    e.finally();
  });
  EXPECT_TRUE(mentions(result, "deadlock: one is parked on one's word, two is parked on atomic#1"));
}

// The sleeper announces itself and parks; the waker changes the word and unparks only whom it sees.
Result sleep_and_wake(bool barriers) {
  return explore({}, [barriers](Execution& e) {
    U32 word{0}, sleeps{0};
    e.thread("sleeper", [&] {
      sleeps.store(1, relaxed);
      if (barriers) Atomics::heavy_barrier();
      Atomics::park(word, 0);
    });
    e.thread("waker", [&] {
      word.store(1, relaxed);
      if (barriers) Atomics::light_barrier();
      if (sleeps.load(relaxed) == 1) Atomics::unpark(word);
    });
    e.finally();
  });
}

TEST(Checker, a_lost_wake_up_is_a_deadlock) {
  EXPECT_TRUE(mentions(sleep_and_wake(false), "deadlock: sleeper is parked"));
  EXPECT_TRUE(sleep_and_wake(true).passed());
}

TEST(Checker, a_body_may_say_that_sleeping_is_an_end) {
  int ends = 0;
  const Result result = explore({}, [&ends](Execution& e) {
    U32 word{0};
    e.thread("sleeper", [&] { Atomics::park(word, 0); });
    e.when_all_sleep([&] {
      ++ends;
      check(word.load(relaxed) == 0, "nobody changed the word");
    });
    e.finally([&] { check(false, "the sleeper never returns"); });
  });
  EXPECT_TRUE(result.passed()) << result.failure.value_or("");
  EXPECT_EQ(ends, 1);
}

TEST(Checker, a_park_may_return_spuriously_when_asked_to) {
  Options options;
  options.spurious_wakes = 1;
  const Result result = explore(options, [](Execution& e) {
    U32 word{0};
    e.thread("sleeper", [&] {
      Atomics::park(word, 0);
      check(word.fetch_add(0, relaxed) == 1, "a park returns only when woken");
    });
    e.thread("waker", [&] {
      word.store(1, relaxed);
      Atomics::unpark(word);
    });
    e.finally();
  });
  EXPECT_TRUE(mentions(result, "returns spuriously"));
}

TEST(Checker, a_spin_ends_with_the_store_it_waits_for) {
  const Result result = explore({}, [](Execution& e) {
    U32 ready{0};
    Plain<int> cell{0};
    e.thread("spinner", [&] {
      while (ready.load(acquire) == 0) Atomics::pause();
      check(cell.get() == 7, "the spin sees what was published");
    });
    e.thread("writer", [&] {
      cell.set(7);
      ready.store(1, release);
    });
    e.finally();
  });
  EXPECT_TRUE(result.passed()) << result.failure.value_or(result.summary());
}

TEST(Checker, a_spin_that_nobody_ends_is_a_livelock) {
  const Result result = explore({}, [](Execution& e) {
    U32 ready{0};
    e.thread("spinner", [&] {
      while (ready.load(relaxed) == 0) Atomics::pause();
    });
    e.finally();
  });
  EXPECT_TRUE(mentions(result, "livelock: spinner spins"));
}

TEST(Checker, threads_that_only_keep_each_other_busy_run_into_the_step_limit) {
  Options options;
  options.max_steps = 200;
  const Result result = explore(options, [](Execution& e) {
    U32 turn{0};
    for (const char* name : {"one", "two"}) {
      e.thread(name, [&] {
        while (turn.fetch_add(1, relaxed) < 10000) Atomics::pause();
      });
    }
    e.finally();
  });
  EXPECT_TRUE(mentions(result, "no end after 200 steps"));
}

TEST(Checker, misuse_and_exceptions_of_a_body_are_sentences) {
  EXPECT_TRUE(mentions(explore({}, [](Execution&) {}), "the body ended without finally()"));
  EXPECT_TRUE(mentions(explore({}, [](Execution& e) { e.finally(), e.finally(); }), "called twice"));
  const Result result = explore({}, [](Execution& e) {
    e.thread("thrower", [] { throw std::runtime_error("no such luck"); });
    e.finally();
  });
  EXPECT_TRUE(mentions(result, "thrower ends with an exception: no such luck"));
}

TEST(Checker, an_exploration_that_is_cut_off_says_that_it_is_not_complete) {
  Options options;
  options.max_executions = 10;
  const Result result = explore(options, [](Execution& e) {
    U32 x{0};
    for (const char* name : {"one", "two"}) {
      e.thread(name, [&] {
        for (int i = 0; i < 9; ++i) x.fetch_add(1, relaxed);
      });
    }
    e.finally();
  });
  EXPECT_FALSE(result.passed());
  EXPECT_EQ(result.executions, 10u);
  EXPECT_NE(result.summary().find("not complete"), std::string::npos) << result.summary();
}

struct Message {
  U32 ready{0}, data{0};

  void publish_data() { data.store(1, release); }  // stronger than needed
  void publish_ready() { ready.store(1, release); }
  bool read_ready() { return ready.load(acquire) == 1; }
  bool read_data() { return data.load(relaxed) == 1; }
};

void publish(Execution& e) {
  Message message;
  e.thread("writer", [&] {
    message.publish_data();
    message.publish_ready();
  });
  e.thread("reader", [&] {
    if (message.read_ready()) check(message.read_data(), "the data is there");
  });
  e.finally();
}

TEST(Checker, a_survey_weakens_each_site_and_names_the_survivors) {
  const Survey found = survey({{"publish", publish}}, "checker_test.cc");
  EXPECT_TRUE(found.unchanged_passed());
  using testing::ElementsAre;
  using testing::UnorderedElementsAre;
  EXPECT_THAT(found.survivors(Mutation::Effect::order), ElementsAre("publish_data: store release -> relaxed"));
  EXPECT_THAT(found.caught(Mutation::Effect::order),
              UnorderedElementsAre("publish_ready: store release -> relaxed", "read_ready: load acquire -> relaxed"));
  EXPECT_THAT(found.survivors(Mutation::Effect::blind), ElementsAre("read_ready: load acquire -> not looking again"));
  EXPECT_THAT(found.caught(Mutation::Effect::blind), ElementsAre("read_data: load relaxed -> not looking again"));
}

}  // namespace
}  // namespace weft::model
