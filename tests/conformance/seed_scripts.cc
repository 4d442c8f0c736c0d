// The programs that weft grew from, traced instead of printed; examples/seeds has them as programs.
#include <chrono>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace hello {
Coro<void> say_hello(Trace& trace) {
  trace("Hello, Async!");
  co_return;
}

Coro<void> main_coro(Trace& trace) { co_await say_hello(trace); }
}  // namespace hello

namespace run {
Coro<void> example(Trace& trace) {
  trace("Asyncio Run Example");
  co_return;
}

Coro<void> main_coro(Trace& trace) { co_await example(trace); }
}  // namespace run

namespace sleeping {
Coro<void> main_coro(Trace& trace) {
  trace("pausing for 2 seconds");
  co_await sleep(2s);
  trace("2 seconds later");
}
}  // namespace sleeping

namespace creating_a_task {
Coro<void> coroutine(Trace& trace) {
  trace("the task runs");
  co_return;
}

Coro<void> main_coro(Trace& trace) {
  Task<void> task = create_task(coroutine(trace));
  trace("the task is scheduled");
  co_await task;
}
}  // namespace creating_a_task

namespace gathering {
Coro<void> task1(Trace& trace) {
  trace("task1 starts");
  co_await sleep(1s);
  trace("task1 ends");
}

Coro<void> task2(Trace& trace) {
  trace("task2 starts");
  co_await sleep(1s);
  trace("task2 ends");
}

Coro<void> main_coro(Trace& trace) { co_await gather(task1(trace), task2(trace)); }
}  // namespace gathering

namespace alice_and_bob {
Coro<void> greet(Trace& trace, const char* name) {
  trace("Hello,", name);
  co_await sleep(1s);
  trace("Goodbye,", name);
}

Coro<void> main_coro(Trace& trace) {
  co_await greet(trace, "Alice");
  co_await greet(trace, "Bob");
}
}  // namespace alice_and_bob

namespace one_two_two_three_three_four_five {
Coro<void> fn2(Trace& trace) {
  co_await sleep(1s);
  trace("two");
  co_await sleep(1s);
  trace("three");
}

Coro<void> main_coro(Trace& trace) {
  Task<void> task = create_task(fn2(trace));
  trace("one");
  co_await sleep(1s);
  co_await fn2(trace);
  trace("four");
  co_await sleep(1s);
  trace("five");
  co_await sleep(1s);
}
}  // namespace one_two_two_three_three_four_five

namespace three_functions {
Coro<void> func1(Trace& trace) {
  trace("Function 1 started..");
  co_await sleep(2s);
  trace("Function 1 Ended");
}

Coro<void> func2(Trace& trace) {
  trace("Function 2 started..");
  co_await sleep(3s);
  trace("Function 2 Ended");
}

Coro<void> func3(Trace& trace) {
  trace("Function 3 started..");
  co_await sleep(1s);
  trace("Function 3 Ended");
}

Coro<void> main_coro(Trace& trace) {
  co_await gather(func1(trace), func2(trace), func3(trace));
  trace("Main Ended..");
}
}  // namespace three_functions

constexpr Script scripts[] = {
    {"seed_hello", hello::main_coro},
    {"seed_run", run::main_coro},
    {"seed_sleep", sleeping::main_coro},
    {"seed_create_task", creating_a_task::main_coro},
    {"seed_gather", gathering::main_coro},
    {"seed_alice_and_bob", alice_and_bob::main_coro},
    {"seed_one_two_two_three_three_four_five", one_two_two_three_three_four_five::main_coro},
    {"seed_three_functions", three_functions::main_coro},
};
}  // namespace

std::span<const Script> seed_scripts() { return scripts; }

}  // namespace weft::conformance
