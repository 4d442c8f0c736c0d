#include "weft/runtime/task/async_generator.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class AsyncGeneratorEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, AsyncGeneratorEverywhere, every_setting, setting_name);

// [loop]
weft::AsyncGenerator<int> countdown(int from) {
  for (int n = from; n > 0; --n) {
    co_await weft::sleep(1ms);
    co_yield n;
  }
}

weft::Coro<int> sum_of_countdown(int from) {
  int sum = 0;
  weft::AsyncGenerator<int> numbers = countdown(from);
  while (const auto number = co_await numbers.next()) sum += *number;
  co_return sum;
}
// [/loop]
TEST_P(AsyncGeneratorEverywhere, is_iterated_as_its_header_shows) { EXPECT_EQ(run_here(sum_of_countdown(4)), 10); }

AsyncGenerator<int> count(int n) {
  for (int i = 0; i < n; ++i) co_yield i;
}
AsyncGenerator<int> count_slowly(int n) {
  for (int i = 0; i < n; ++i) {
    co_await sleep(1ms);
    co_yield i;
  }
}

Coro<std::vector<int>> collect(AsyncGenerator<int> gen) {
  std::vector<int> values;
  while (const std::optional<int> x = co_await gen.next()) values.push_back(*x);
  EXPECT_FALSE((co_await gen.next()).has_value());
  co_return values;
}
TEST_P(AsyncGeneratorEverywhere, gives_its_values_in_order_and_then_none_for_good) {
  const std::vector<int> expected{0, 1, 2, 3};
  EXPECT_EQ(run_here(collect(count(4))), expected);
  EXPECT_EQ(run_here(collect(count_slowly(4))), expected);
  EXPECT_TRUE(run_here(collect(count(0))).empty());
}

// --- values ------------------------------------------------------------------------------------------------------------

AsyncGenerator<std::unique_ptr<int>> only_movable() {
  co_yield std::make_unique<int>(1);
  auto named = std::make_unique<int>(2);
  co_yield std::move(named);
}
AsyncGenerator<int&> references(std::vector<int>& numbers) {
  for (int& number : numbers) co_yield number;
}
struct Pair {
  int first = 0;
  std::string second;
};
AsyncGenerator<Pair> pairs() {  // g++ 12 takes no braces in an expression that yields
  Pair pair{1, "one"};
  co_yield std::move(pair);
}
AsyncGenerator<std::string> words(std::string word) {
  co_yield "short";
  co_yield word + ", which is too long for the small buffer";
}

Coro<void> every_kind() {
  AsyncGenerator<std::unique_ptr<int>> owned = only_movable();
  std::optional<std::unique_ptr<int>> first = co_await owned.next();
  EXPECT_EQ(**first, 1);
  first = co_await owned.next();
  EXPECT_EQ(**first, 2);

  std::vector<int> numbers{1, 2, 3};
  AsyncGenerator<int&> referring = references(numbers);
  while (const auto number = co_await referring.next()) number->get() *= 10;
  EXPECT_EQ(numbers[2], 30);

  AsyncGenerator<Pair> paired = pairs();
  const std::optional<Pair> pair = co_await paired.next();
  EXPECT_EQ(pair->second, "one");
  AsyncGenerator<std::string> written = words("word");
  std::optional<std::string> text = co_await written.next();
  EXPECT_EQ(*text, "short");
  text = co_await written.next();
  EXPECT_EQ(*text, "word, which is too long for the small buffer");
}
TEST_P(AsyncGeneratorEverywhere, gives_values_of_every_kind) { run_here(every_kind()); }

AsyncGenerator<Tracked> tracked(Census& census) {
  const Tracked kept(census, 1);
  co_yield kept;
  EXPECT_EQ(kept.value, 1);
  co_yield Tracked(census, 2);
}
Coro<void> copies(Census& census) {
  AsyncGenerator<Tracked> gen = tracked(census);
  const std::optional<Tracked> first = co_await gen.next();
  EXPECT_EQ(first->value, 1);
  EXPECT_EQ(census.copied, 1);
  const std::optional<Tracked> second = co_await gen.next();
  EXPECT_EQ(second->value, 2);
  EXPECT_EQ(census.copied, 1);
}
TEST_P(AsyncGeneratorEverywhere, copies_what_it_yields_by_name_once_and_moves_the_rest) {
  Census census;
  run_here(copies(census));
  EXPECT_EQ(census.alive(), 0);
}

struct ThrowsWhenCopied {
  ThrowsWhenCopied() = default;
  ThrowsWhenCopied(ThrowsWhenCopied&&) = default;
  ThrowsWhenCopied(const ThrowsWhenCopied&) { throw ValueError("copied"); }
};
AsyncGenerator<ThrowsWhenCopied> cannot_be_copied(std::string& said) {
  const ThrowsWhenCopied value;
  try {
    co_yield value;
  } catch (const ValueError& error) {
    said = error.what();
  }
  co_yield ThrowsWhenCopied();
}
Coro<void> goes_on_after_the_copy(std::string& said) {
  AsyncGenerator<ThrowsWhenCopied> gen = cannot_be_copied(said);
  EXPECT_TRUE((co_await gen.next()).has_value());
}
TEST_P(AsyncGeneratorEverywhere, throws_at_the_co_yield_what_the_copy_of_the_value_throws) {
  std::string said;
  run_here(goes_on_after_the_copy(said));
  EXPECT_EQ(said, "copied");
}

AsyncGenerator<int, std::unique_ptr<int>> takes_boxes() {
  int last = 0;
  for (;;) {
    const std::optional<std::unique_ptr<int>> box = co_yield last;
    last = box ? **box : -1;
  }
}
Coro<void> sends_boxes() {
  AsyncGenerator<int, std::unique_ptr<int>> gen = takes_boxes();
  EXPECT_EQ(co_await gen.next(), 0);
  auto box = std::make_unique<int>(5);
  EXPECT_EQ(co_await gen.asend(std::move(box)), 5);
  EXPECT_EQ(co_await gen.next(), -1);
}
TEST_P(AsyncGeneratorEverywhere, receives_what_can_only_be_moved) { run_here(sends_boxes()); }

// --- inside the awaiting task ----------------------------------------------------------------------------------------------

AsyncGenerator<std::string> task_names() {
  for (;;) {
    co_await sleep(0s);
    co_yield current_task().get_name();
  }
}
Coro<std::string> next_of(AsyncGenerator<std::string>& gen) {
  const std::optional<std::string> name = co_await gen.next();
  co_return *name;
}
Coro<void> several_consumers() {
  AsyncGenerator<std::string> gen = task_names();
  EXPECT_EQ(co_await create_task(next_of(gen), {.name = "one"}), "one");
  EXPECT_EQ(co_await create_task(next_of(gen), {.name = "two"}), "two");
  const std::string mine = current_task().get_name();
  EXPECT_EQ(co_await next_of(gen), mine);
}
TEST_P(AsyncGeneratorEverywhere, runs_in_whatever_task_takes_its_next_step) { run_here(several_consumers()); }

Coro<void> no_turn_passes() {
  bool other_ran = false;
  get_running_loop().call_soon([&other_ran] { other_ran = true; });
  AsyncGenerator<int> gen = count(1000);
  int sum = 0;
  while (const auto x = co_await gen.next()) sum += *x;
  EXPECT_EQ(sum, 499500);
  EXPECT_FALSE(other_ran);
  co_await sleep(0s);
  EXPECT_TRUE(other_ran);
}
TEST(AsyncGenerator, that_does_not_suspend_gives_its_values_within_one_turn) { run_in_order(no_turn_passes()); }

Coro<void> steps_elsewhere() {
  AsyncGenerator<int> a = count_slowly(3);
  AsyncGenerator<int> b = count_slowly(3);
  const Task<std::optional<int>> task = create_task(a.next());
  EXPECT_EQ(co_await task, 0);
  const auto both = co_await gather(a.next(), b.next());
  EXPECT_EQ(std::get<0>(both), 1);
  EXPECT_EQ(std::get<1>(both), 0);
  EXPECT_EQ(co_await wait_for(b.next(), 1s), 1);
  EXPECT_EQ(co_await ensure_future(b.next()), 2);
  bool timed_out = false;
  try {
    co_await wait_for(a.next(), 0s);
  } catch (const TimeoutError&) {
    timed_out = true;
  }
  EXPECT_TRUE(timed_out);
  co_await create_task(b.aclose());
}
TEST_P(AsyncGeneratorEverywhere, lets_its_steps_be_given_to_what_takes_awaitables) { run_here(steps_elsewhere()); }

AsyncGenerator<int> nested(int depth) {
  if (depth == 0) {
    co_await sleep(0s);
    co_yield 1;
    co_yield 2;
    co_return;
  }
  AsyncGenerator<int> inner = nested(depth - 1);
  while (const auto x = co_await inner.next()) co_yield *x + 1;
}
TEST_P(AsyncGeneratorEverywhere, iterates_generators_that_iterate_generators) {
  const std::vector<int> expected{501, 502};
  EXPECT_EQ(run_here(collect(nested(500))), expected);
}

// --- misuse ------------------------------------------------------------------------------------------------------------------

template <class Error, class Step>
Coro<std::string> what_of(Step step) {
  try {
    co_await step;
  } catch (const Error& error) {
    co_return error.what();
  }
  co_return "nothing";
}

AsyncGenerator<int, int> gives_back() {
  int x = 0;
  for (;;) x = (co_yield x).value_or(-1);
}
Coro<void> misuse() {
  AsyncGenerator<int, int> gen = gives_back();
  EXPECT_EQ(co_await what_of<TypeError>(gen.asend(1)),
            "can't send non-None value to a just-started async generator; begin with next()");
  EXPECT_EQ(co_await gen.next(), 0);  // it may begin still
  EXPECT_THROW(static_cast<void>(gen.athrow(nullptr)), ValueError);

  AsyncGenerator<int, int>::Step step = gen.next();
  EXPECT_EQ(co_await step, -1);
  EXPECT_EQ(co_await what_of<RuntimeError>(std::move(step)),
            "cannot reuse already awaited anext(): a step of an async generator is awaited once; ask the generator for "
            "another one");

  AsyncGenerator<int, int> moved = std::move(gen);
  EXPECT_TRUE(moved);
  EXPECT_FALSE(gen);  // NOLINT(bugprone-use-after-move): the contract names this state
  EXPECT_THROW(static_cast<void>(gen.next()), RuntimeError);
  EXPECT_THROW(static_cast<void>(gen.aclose()), RuntimeError);
  co_await moved.aclose();
}
TEST_P(AsyncGeneratorEverywhere, refuses_misuse_with_a_sentence) { run_here(misuse()); }

TEST(AsyncGenerator, is_move_only) {
  static_assert(!std::is_copy_constructible_v<AsyncGenerator<int>>);
  static_assert(std::is_nothrow_move_constructible_v<AsyncGenerator<int>>);
  static_assert(std::is_nothrow_move_assignable_v<AsyncGenerator<int>>);
}

Coro<void> race_for_the_step(std::atomic<int>& refused, std::atomic<int>& taken) {
  AsyncGenerator<int> gen = count_slowly(1'000'000);
  const auto consumer = [&]() -> Coro<void> {
    for (int i = 0; i < 50; ++i) {
      try {
        if ((co_await gen.next()).has_value()) ++taken;
      } catch (const RuntimeError&) {
        ++refused;
      }
      co_await sleep(500us);
    }
  };
  std::vector<Coro<void>> consumers;
  for (int i = 0; i < 8; ++i) consumers.push_back(consumer());
  co_await fork_join(std::move(consumers));
  co_await gen.aclose();
}
TEST_P(AsyncGeneratorEverywhere, takes_one_step_at_a_time_whoever_asks) {
  std::atomic<int> refused{0};
  std::atomic<int> taken{0};
  run_here(race_for_the_step(refused, taken));
  EXPECT_EQ(refused + taken, 400);
  EXPECT_GT(refused, 0);
  EXPECT_GT(taken, 0);
}

// --- life --------------------------------------------------------------------------------------------------------------------

AsyncGenerator<int> hold(Tracked parameter, bool& began) {
  began = true;
  co_yield parameter.value;
}
TEST(AsyncGenerator, that_never_begins_does_not_run_and_destroys_its_parameters_once) {
  Census census;
  bool began = false;
  {
    const AsyncGenerator<int> dropped = hold(Tracked(census), began);
    EXPECT_EQ(census.alive(), 1);
  }
  EXPECT_FALSE(began);
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> ends_early(Census& census) {
  bool began = false;
  AsyncGenerator<int> gen = hold(Tracked(census, 3), began);
  EXPECT_EQ(co_await gen.next(), 3);
  EXPECT_EQ(census.alive(), 1);
  EXPECT_FALSE((co_await gen.next()).has_value());
  EXPECT_EQ(census.alive(), 0);  // with its last step, not with its handle
  gen = hold(Tracked(census), began);
  co_await gen.aclose();
  EXPECT_EQ(census.alive(), 0);
}
TEST_P(AsyncGeneratorEverywhere, destroys_its_parameters_when_it_ends) {
  Census census;
  run_here(ends_early(census));
}

// Its clean-up awaits, and counts itself.
AsyncGenerator<int> resource(Census& census, std::atomic<int>& cleaned) {
  const Tracked local(census);
  std::exception_ptr leaving;
  try {
    for (int i = 0;; ++i) co_yield i;
  } catch (...) {
    leaving = std::current_exception();
  }
  co_await sleep(1ms);
  ++cleaned;
  std::rethrow_exception(leaving);
}

Coro<void> drops_some(Census& census, std::atomic<int>& cleaned) {
  for (int i = 0; i < 10; ++i) {
    AsyncGenerator<int> gen = resource(census, cleaned);
    EXPECT_EQ(co_await gen.next(), 0);
    EXPECT_EQ(co_await gen.next(), 1);
  }
  co_await sleep(10ms);
  EXPECT_EQ(cleaned, 10);
  EXPECT_EQ(census.alive(), 0);
}
TEST_P(AsyncGeneratorEverywhere, that_is_dropped_at_a_co_yield_is_closed_by_its_loop) {
  Census census;
  std::atomic<int> cleaned{0};
  run_here(drops_some(census, cleaned));
}

Coro<void> drops_at_the_end(Census& census, std::atomic<int>& cleaned, std::vector<AsyncGenerator<int>>& kept) {
  for (int i = 0; i < 10; ++i) {
    kept.push_back(resource(census, cleaned));
    co_await kept.back().next();
  }
}
TEST_P(AsyncGeneratorEverywhere, that_is_kept_is_closed_when_run_ends) {
  Census census;
  std::atomic<int> cleaned{0};
  std::vector<AsyncGenerator<int>> kept;
  run_here(drops_at_the_end(census, cleaned, kept));
  EXPECT_EQ(cleaned, 10);
  EXPECT_EQ(census.alive(), 0);
}

// Counts that it was told to end, be it by GeneratorExit or, while run() ends, by the cancel of the task that closes it.
AsyncGenerator<int> told(Census& census, std::atomic<int>& count) {
  const Tracked local(census);
  std::exception_ptr leaving;
  try {
    co_yield 1;
  } catch (...) {
    leaving = std::current_exception();
  }
  ++count;
  co_await sleep(1ms);
  std::rethrow_exception(leaving);
}
AsyncGenerator<int> chain(int depth, Census& census, std::atomic<int>& ended) {
  AsyncGenerator<int> inner;
  if (depth > 0) {
    inner = chain(depth - 1, census, ended);
    co_await inner.next();
  }
  AsyncGenerator<int> mine = told(census, ended);
  while (const auto x = co_await mine.next()) co_yield *x;
}
Coro<void> drops_a_chain(Census& census, std::atomic<int>& ended) {
  AsyncGenerator<int> gen = chain(20, census, ended);
  co_await gen.next();
}
TEST(AsyncGenerator, that_is_dropped_while_run_ends_in_order_depth_first_is_closed_with_what_it_drops) {
  for (const int workers : {1, 2, 8}) {
    Census census;
    std::atomic<int> ended{0};
    VirtualClock clock;
    run(drops_a_chain(census, ended), {.workers = workers, .order = Order::depth_first, .clock = &clock});
    EXPECT_EQ(ended, 21);
    EXPECT_EQ(census.alive(), 0);
  }
}

AsyncGenerator<int> drops_itself(std::optional<AsyncGenerator<int>>& handle, Census& census) {
  const Tracked local(census);
  handle.reset();
  co_await sleep(1ms);
  co_yield 5;
  ADD_FAILURE() << "it went on after its handle was dropped";
}
Coro<void> dropped_while_it_runs(Census& census) {
  std::optional<AsyncGenerator<int>> handle;
  handle = drops_itself(handle, census);
  EXPECT_EQ(co_await handle->next(), 5);
  co_await sleep(1ms);
  EXPECT_EQ(census.alive(), 0);
}
TEST_P(AsyncGeneratorEverywhere, that_is_dropped_while_it_runs_gives_its_value_and_is_closed) {
  Census census;
  run_here(dropped_while_it_runs(census));
}

AsyncGenerator<int> drops_itself_and_ends(std::optional<AsyncGenerator<int>>& handle, Tracked) {
  handle.reset();
  co_await sleep(1ms);
  co_return;
}
Coro<void> dropped_before_it_ends(Census& census) {
  std::optional<AsyncGenerator<int>> handle;
  handle = drops_itself_and_ends(handle, Tracked(census));
  EXPECT_FALSE((co_await handle->next()).has_value());
  EXPECT_EQ(census.alive(), 0);
}
TEST_P(AsyncGeneratorEverywhere, that_is_dropped_in_its_last_step_ends) {
  Census census;
  run_here(dropped_before_it_ends(census));
}

Coro<void> drops_on_a_thread(Census& census, std::atomic<int>& cleaned) {
  AsyncGenerator<int> gen = resource(census, cleaned);
  co_await gen.next();
  std::thread([dropped = std::move(gen)] {}).join();
  co_await sleep(10ms);
  EXPECT_EQ(cleaned, 1);
  EXPECT_EQ(census.alive(), 0);
}
TEST_P(AsyncGeneratorEverywhere, that_is_dropped_on_another_thread_is_closed_by_its_loop) {
  Census census;
  std::atomic<int> cleaned{0};
  run_here(drops_on_a_thread(census, cleaned));
}

AsyncGenerator<int> yields_again(Census& census) {
  const Tracked local(census);
  for (;;) {
    try {
      co_yield 1;
    } catch (const GeneratorExit&) {
    }
  }
}
Coro<void> drops_one_that_resists(Census& census) {
  {
    AsyncGenerator<int> gen = yields_again(census);
    co_await gen.next();
  }
  co_await sleep(1ms);
  EXPECT_EQ(census.alive(), 0);
}
TEST_P(AsyncGeneratorEverywhere, that_is_dropped_and_ignores_its_closing_is_destroyed_and_reported) {
  Census census;
  Reports reports;
  VirtualClock clock;
  Runner runner({.workers = GetParam().workers, .order = GetParam().order, .clock = &clock});
  reports.listen_to(runner.get_loop());
  runner.run(drops_one_that_resists(census));
  runner.close();
  EXPECT_EQ(census.alive(), 0);
  EXPECT_NE(text_of(reports.only().exception).find("async generator ignored GeneratorExit"), std::string::npos);
}

// --- loops that are closed ---------------------------------------------------------------------------------------------------

Coro<void> begin(AsyncGenerator<int>& gen) { EXPECT_EQ(co_await gen.next(), 0); }
TEST_P(AsyncGeneratorEverywhere, that_is_dropped_when_its_loop_is_closed_is_destroyed) {
  Census census;
  std::atomic<int> cleaned{0};
  AsyncGenerator<int> gen = resource(census, cleaned);
  {
    EventLoop loop(options());
    loop.run_until_complete(begin(gen));
  }
  EXPECT_EQ(census.alive(), 1);
  gen = {};
  EXPECT_EQ(census.alive(), 0);
  EXPECT_EQ(cleaned, 0);
}

Coro<void> goes_on(AsyncGenerator<int>& gen) {
  EXPECT_EQ(co_await gen.next(), 1);
  co_await gen.aclose();
}
TEST_P(AsyncGeneratorEverywhere, goes_on_in_another_loop_when_its_own_was_closed) {
  Census census;
  std::atomic<int> cleaned{0};
  AsyncGenerator<int> gen = resource(census, cleaned);
  {
    EventLoop loop(options());
    loop.run_until_complete(begin(gen));
  }
  run_here(goes_on(gen));
  EXPECT_EQ(cleaned, 1);
  EXPECT_EQ(census.alive(), 0);
}

// Says when it is destroyed that what it refers to is alive.
struct Reader {
  const Tracked& caller;
  int expected;
  ~Reader() { EXPECT_EQ(caller.value, expected); }
};
Coro<void> waits_in_there(const Tracked& caller) {
  const Reader reader{caller, 2};
  co_await sleep(1h);
}
AsyncGenerator<int> waits_inside(Census& census, const Tracked& caller) {
  const Reader reader{caller, 1};
  const Tracked local(census, 2);
  co_await waits_in_there(local);
  co_yield 1;
}
AsyncGenerator<int> waits_in_clean_up(Census& census) {
  const Tracked local(census);
  try {
    co_yield 0;
  } catch (const GeneratorExit&) {
  }
  co_await sleep(1h);
}
Coro<void> stuck_inside(Census& census) {
  AsyncGenerator<int> gen;
  const Tracked local(census, 1);
  gen = waits_inside(census, local);
  co_await gen.next();
}
Coro<void> stuck_outside(Census& census, std::atomic<int>& cleaned) {
  const Tracked local(census);
  AsyncGenerator<int> never_began = resource(census, cleaned);
  AsyncGenerator<int> suspended = resource(census, cleaned);
  co_await suspended.next();
  co_await sleep(1h);
}
Coro<void> stuck_in_clean_up(Census& census) {
  AsyncGenerator<int> gen = waits_in_clean_up(census);
  co_await gen.next();
}
Coro<void> stuck_iterating(AsyncGenerator<int>& gen) { co_await gen.next(); }
Coro<void> drop_at_last(AsyncGenerator<int> gen, EventLoop& loop) {
  co_await gen.next();
  co_await sleep(1ms);
  loop.stop();
}
TEST_P(AsyncGeneratorEverywhere, in_whatever_state_is_destroyed_with_its_loop) {
  Census census;
  std::atomic<int> cleaned{0};
  const Tracked caller(census, 1);
  AsyncGenerator<int> kept = waits_inside(census, caller);
  {
    EventLoop loop(options());
    loop.set_exception_handler([](const ExceptionContext&) {});
    std::vector<AnyTask> tasks;
    tasks.push_back(loop.create_task(stuck_inside(census)));
    tasks.push_back(loop.create_task(stuck_outside(census, cleaned)));
    tasks.push_back(loop.create_task(stuck_in_clean_up(census)));
    tasks.push_back(loop.create_task(stuck_iterating(kept)));  // its handle is elsewhere
    tasks.push_back(loop.create_task(drop_at_last(resource(census, cleaned), loop)));
    loop.run_forever();
    loop.close();
    EXPECT_EQ(cleaned, 0);
  }
  EXPECT_EQ(census.alive(), 1);
  kept = {};
  EXPECT_EQ(census.alive(), 1);
}

TEST(AsyncGenerator, whose_closing_is_queued_is_destroyed_with_its_loop) {
  Census census;
  std::atomic<int> cleaned{0};
  EventLoop loop(RunOptions{.workers = 1});
  AsyncGenerator<int> gen = resource(census, cleaned);
  loop.run_until_complete(begin(gen));
  gen = {};
  EXPECT_EQ(census.alive(), 1);  // until the loop runs again
  loop.close();
  EXPECT_EQ(census.alive(), 0);
  EXPECT_EQ(cleaned, 0);
}

TEST(AsyncGenerator, that_holds_others_a_hundred_thousand_deep_is_destroyed_in_constant_stack) {
  struct Nest {
    static AsyncGenerator<int> of(AsyncGenerator<int> inner) {
      co_yield 0;
      static_cast<void>(inner);
    }
    static Coro<AsyncGenerator<int>> build(int depth) {
      AsyncGenerator<int> outermost;
      for (int i = 0; i < depth; ++i) {
        outermost = of(std::move(outermost));
        co_await outermost.next();
      }
      co_return outermost;
    }
  };
  EventLoop loop(RunOptions{.workers = 1});
  const AsyncGenerator<int> gen = loop.run_until_complete(Nest::build(100'000));
  loop.close();
}

// --- shutdown_asyncgens ------------------------------------------------------------------------------------------------------

Coro<void> shuts_down(Census& census, std::atomic<int>& cleaned, Reports& reports) {
  EventLoop& loop = get_running_loop();
  std::vector<AsyncGenerator<int>> gens;
  for (int i = 0; i < 20; ++i) {
    gens.push_back(resource(census, cleaned));
    co_await gens.back().next();
  }
  co_await loop.shutdown_asyncgens();
  EXPECT_EQ(cleaned, 20);
  EXPECT_EQ(census.alive(), 0);
  EXPECT_FALSE((co_await gens[0].next()).has_value());
  EXPECT_EQ(reports.count(), 0u);
  AsyncGenerator<int> late = count(1);
  co_await late.next();
  EXPECT_NE(reports.only().message.find("was scheduled after loop.shutdown_asyncgens() call"), std::string::npos);
  co_await late.aclose();
}
TEST_P(AsyncGeneratorEverywhere, is_closed_by_shutdown_asyncgens_and_reported_when_it_begins_later) {
  Census census;
  std::atomic<int> cleaned{0};
  Reports reports;
  VirtualClock clock;
  Runner runner({.workers = GetParam().workers, .order = GetParam().order, .clock = &clock});
  reports.listen_to(runner.get_loop());
  runner.run(shuts_down(census, cleaned, reports));
}

AsyncGenerator<int> slow_resource(Census& census, std::atomic<int>& cleaned) {
  const Tracked local(census);
  co_await sleep(2ms);
  bool closed = false;
  try {
    co_yield 0;
  } catch (const GeneratorExit&) {
    closed = true;
  }
  co_await sleep(1ms);
  if (closed) ++cleaned;
}
Coro<void> dropped_after_a_refused_closing(Census& census, std::atomic<int>& cleaned, Reports& reports) {
  AsyncGenerator<int> gen = slow_resource(census, cleaned);
  const Task<std::optional<int>> step = create_task(gen.next());
  co_await sleep(1ms);
  co_await get_running_loop().shutdown_asyncgens();
  EXPECT_EQ(text_of(reports.only().exception),
            "weft::RuntimeError: aclose(): asynchronous generator is already running; wait until its step has ended");
  EXPECT_EQ(co_await step, 0);
  gen = {};
  co_await sleep(5ms);
  EXPECT_EQ(cleaned, 1);
  EXPECT_EQ(census.alive(), 0);
}
TEST_P(AsyncGeneratorEverywhere, that_ran_when_it_was_to_be_shut_down_is_closed_when_it_is_dropped) {
  Census census;
  std::atomic<int> cleaned{0};
  Reports reports;
  VirtualClock clock;
  Runner runner({.workers = GetParam().workers, .order = GetParam().order, .clock = &clock});
  reports.listen_to(runner.get_loop());
  runner.run(dropped_after_a_refused_closing(census, cleaned, reports));
}

AsyncGenerator<int> fails_to_close() {
  try {
    co_yield 0;
  } catch (const GeneratorExit&) {
  }
  throw ValueError("no way");
}
TEST_P(AsyncGeneratorEverywhere, that_cannot_be_closed_at_the_end_of_run_is_reported) {
  Reports reports;
  VirtualClock clock;
  AsyncGenerator<int> gen = fails_to_close();
  Runner runner({.workers = GetParam().workers, .order = GetParam().order, .clock = &clock});
  reports.listen_to(runner.get_loop());
  runner.run(begin(gen));
  runner.close();
  const ExceptionContext report = reports.only();
  EXPECT_TRUE(
      report.message.starts_with("an error occurred during closing of asynchronous generator <AsyncGenerator at"))
      << report.message;
  EXPECT_EQ(text_of(report.exception), "weft::ValueError: no way");
}

}  // namespace
}  // namespace weft::tests
