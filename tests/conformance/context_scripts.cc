// Context variables: what tasks, callbacks and runs inherit, what stays with them, and what is refused.
#include <chrono>
#include <string>
#include <tuple>
#include <utility>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

using User = ContextVar<std::string>;

namespace context_of_tasks {
const User user("user", "nobody");

Coro<void> child(Trace& trace, std::string name) {
  trace(name, "begins with", user.get());
  user.set(name);
  co_await sleep(1s);
  trace(name, "still has", user.get());
}

Coro<void> inline_coro() {
  co_await sleep(0s);
  user.set("inline");
}

Coro<void> main_coro(Trace& trace) {
  user.set("main");
  const Task<void> one = create_task(child(trace, "one"));
  user.set("changed");
  const Task<void> two = create_task(child(trace, "two"));
  co_await one;
  co_await two;
  trace("main has", user.get());
  co_await inline_coro();
  trace("main has", user.get());
}
}  // namespace context_of_tasks

namespace context_given_to_tasks {
const User user("user", "nobody");
const ContextVar<int> steps("steps", 0);

Coro<void> child(Trace& trace, std::string name) {
  for (int i = 0; i < 3; ++i) {
    trace(name, "sees", user.get(), steps.get());
    user.set(name);
    steps.set(steps.get() + 1);
    co_await sleep(0s);
  }
}

Coro<void> main_coro(Trace& trace) {
  const Context context = copy_context();
  const Task<void> one = create_task(child(trace, "one"), {.context = &context});
  const Task<void> two = create_task(child(trace, "two"), {.context = &context});
  trace("same:", one.get_context() == context, two.get_context() == context);
  co_await one;
  co_await two;
  trace("context has", context[user], context[steps], context.size());
  trace("main has", user.get(), steps.get());
  const Context copy = context.copy();
  const Task<void> apart = create_task(child(trace, "apart"), {.context = &copy});
  co_await apart;
  trace("context has", context[user], context[steps]);
}
}  // namespace context_given_to_tasks

namespace context_of_callbacks {
const User user("user", "nobody");

void report(Trace& trace, const std::string& name) {
  trace(name, "runs with", user.get());
  user.set(name);
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  const auto reporting = [&trace](const char* name) { return [&trace, name] { report(trace, name); }; };
  const auto done_reporting = [&trace](const char* name) {
    return [&trace, name](const AnyFuture&) { report(trace, name); };
  };
  Future<void> future = loop.create_future();
  user.set("for done");
  future.add_done_callback(done_reporting("done"));
  user.set("for soon");
  loop.call_soon(reporting("soon"));
  loop.call_soon(reporting("soon again"));
  user.set("for threadsafe");
  loop.call_soon_threadsafe(reporting("threadsafe"));
  user.set("for later");
  loop.call_later(1s, reporting("later"));
  user.set("for at");
  loop.call_at(loop.time() + 1s, reporting("at"));
  const Context context;
  loop.call_soon(context, reporting("given"));
  loop.call_later(1s, context, reporting("given later"));
  future.add_done_callback(done_reporting("given done"), context);
  user.set("set");
  future.set_result();
  co_await sleep(2s);
  trace("main has", user.get(), "given has", context[user]);
  future.add_done_callback(done_reporting("late"));
  user.set("after late");
  co_await sleep(0s);
  trace("main has", user.get());
}
}  // namespace context_of_callbacks

namespace context_of_runner {
const User user("user", "nobody");

Coro<std::string> swap(std::string name) {
  std::string before = user.get();
  user.set(name);
  co_return before;
}

Coro<void> left_over(Trace& trace) {
  co_await sleep(1s);
  trace("left over has", user.get());
}

Coro<void> leave(Trace& trace) {
  create_task(left_over(trace));
  user.set("left");
  co_return;
}

Coro<std::string> wait() {
  co_await sleep(2s);
  co_return user.get();
}

void drive(Trace& trace, Runner& runner) {
  trace("first finds", runner.run(swap("first")));
  trace("second finds", runner.run(swap("second")));
  trace("outside", user.get());
  const Context given;
  trace("given finds", runner.run(swap("given"), &given));
  trace("given has", given[user]);
  runner.run(leave(trace));
  trace("last has", runner.run(wait()));
}
}  // namespace context_of_runner

namespace context_tokens {
const User user("user");
const User other("other", "default");

template <class Function>
void attempt(Trace& trace, const char* what, Function function) {
  try {
    function();
  } catch (...) {
    trace(what, "raised", type_name(std::current_exception()));
    return;
  }
  trace(what, "went well");
}

Coro<void> reset_in_task(Trace& trace, User::Token& token) {
  attempt(trace, "in a task", [&token] { user.reset(token); });
  attempt(trace, "in a task, wrong variable", [&token] { other.reset(token); });
  co_return;
}

Coro<void> main_coro(Trace& trace) {
  attempt(trace, "get without a value", [] { static_cast<void>(user.get()); });
  trace("get with a default", user.get("given"), other.get(), other.get("given"));
  User::Token first = user.set("first");
  User::Token second = user.set("second");
  trace("old values:", !first.old_value(), *second.old_value());
  attempt(trace, "wrong variable", [&second] { other.reset(second); });
  co_await create_task(reset_in_task(trace, second));
  attempt(trace, "in a copy", [&second] { copy_context().run([&second] { user.reset(second); }); });
  trace("still", user.get());
  attempt(trace, "reset", [&second] { user.reset(second); });
  trace("now", user.get());
  attempt(trace, "again", [&second] { user.reset(second); });
  attempt(trace, "again, wrong variable", [&second] { other.reset(second); });
  co_await sleep(0s);
  attempt(trace, "out of order", [&first] { user.reset(first); });
  attempt(trace, "get", [] { static_cast<void>(user.get()); });
  trace("size", copy_context().size());
}
}  // namespace context_tokens

namespace context_run {
const User user("user", "nobody");

Coro<void> child(Trace& trace) {
  trace("child has", user.get());
  user.set("child");
  co_return;
}

void enter_again(Trace& trace, const Context& context, const char* name) {
  try {
    context.run([] { return user.get(); });
  } catch (const RuntimeError&) {
    trace(name, "refused");
    return;
  }
  trace(name, "entered");
}

Task<void> inside(Trace& trace, const Context& context, EventLoop& loop) {
  trace("inside", user.get());
  user.set("inside");
  loop.call_soon([&trace] { trace("callback has", user.get()); });
  Task<void> task = create_task(child(trace));
  enter_again(trace, context, "the same");
  copy_context().run([&] { enter_again(trace, context, "the same through a copy"); });
  return task;
}

void fail() {
  user.set("failed");
  throw ValueError("failed");
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  const Context context;
  const Task<void> task = context.run([&] { return inside(trace, context, loop); });
  trace("main has", user.get());
  co_await task;
  trace("context has", context[user]);
  enter_again(trace, context, "afterwards");
  try {
    context.run(fail);
  } catch (const ValueError&) {
    trace("context has", context[user]);
  }
  enter_again(trace, current_task().get_context(), "the task's own");
  loop.call_soon([&trace, context] { enter_again(trace, context, "in a callback"); });
  loop.call_soon(context, [&trace, context] { enter_again(trace, context, "in its callback"); });
  co_await sleep(0s);
  co_await sleep(0s);
}
}  // namespace context_run

namespace context_of_gather {
const User user("user", "nobody");

Coro<std::string> child(Trace& trace, std::string name, std::chrono::seconds delay) {
  trace(name, "begins with", user.get());
  user.set(name);
  co_await sleep(delay);
  trace(name, "still has", user.get());
  co_return user.get();
}

using Pair = std::tuple<std::string, std::string>;
Coro<Pair> pair(Trace& trace, std::string name) {
  user.set(name);
  co_return co_await gather(child(trace, name + " 1", 1s), child(trace, name + " 2", 0s));
}

Coro<void> main_coro(Trace& trace) {
  user.set("main");
  const std::tuple<Pair, Pair> both = co_await gather(pair(trace, "a"), pair(trace, "b"));
  const Pair& a = std::get<0>(both);
  const Pair& b = std::get<1>(both);
  trace(std::get<0>(a), std::get<1>(a), std::get<0>(b), std::get<1>(b));
  trace("main has", user.get());
}
}  // namespace context_of_gather

namespace context_of_handlers {
const User user("user", "nobody");

void fail(const std::string& name) {
  user.set(name);
  throw ValueError(name);
}

void handle(Trace& trace, const ExceptionContext& context) {
  try {
    std::rethrow_exception(context.exception);
  } catch (const ValueError& error) {
    trace("handler has", user.get(), "for", error.what());
  }
  user.set("handler");
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  loop.set_exception_handler([&trace](const ExceptionContext& context) { handle(trace, context); });
  const Context given;
  loop.call_soon(fail, "soon");
  loop.call_soon(given, fail, "given");
  Future<void> future = loop.create_future();
  future.add_done_callback([](const AnyFuture&) { fail("done"); });
  future.set_result();
  user.set("main");
  co_await sleep(0s);
  co_await sleep(0s);
  trace("main has", user.get(), "given has", given[user]);
}
}  // namespace context_of_handlers

constexpr Script scripts[] = {
    {"context_of_tasks", context_of_tasks::main_coro},
    {"context_given_to_tasks", context_given_to_tasks::main_coro},
    {"context_of_callbacks", context_of_callbacks::main_coro},
    {"context_of_runner", nullptr, context_of_runner::drive},
    {"context_tokens", context_tokens::main_coro},
    {"context_run", context_run::main_coro},
    {"context_of_gather", context_of_gather::main_coro},
    {"context_of_handlers", context_of_handlers::main_coro},
};
}  // namespace

std::span<const Script> context_scripts() { return scripts; }

}  // namespace weft::conformance
