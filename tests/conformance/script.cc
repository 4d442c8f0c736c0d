#include "conformance/script.h"

#include <chrono>
#include <cstdio>

namespace weft::conformance {

std::string Trace::time() const {
  char text[48];
  std::snprintf(text, sizeof text, "t=%.3f", static_cast<double>(clock_.now()) / 1e9);
  return text;
}

std::vector<Script> all_scripts() {
  std::vector<Script> all;
  for (const std::span<const Script> some :
       {as_completed_scripts(),  async_generator_scripts(), async_generator_end_scripts(),
        await_scripts(),         callback_scripts(),        cancel_scripts(),
        cancel_race_scripts(),   condition_scripts(),       context_scripts(),
        eager_scripts(),         future_scripts(),          gather_scripts(),
        gather_cancel_scripts(), gather_failure_scripts(),  lock_scripts(),
        loop_scripts(),          queue_scripts(),           run_scripts(),
        seed_scripts(),          shutdown_scripts(),        task_scripts(),
        timer_scripts(),         timeout_scripts(),         wait_scripts(),
        wait_for_scripts(),      task_group_scripts()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

std::vector<std::string> play(const Script& script) {
  VirtualClock clock;
  Trace trace(clock);
  Runner runner({.workers = 1, .order = Order::asyncio, .clock = &clock});
  if (script.main != nullptr) {
    try {
      runner.run(script.main(trace));
      trace("run returned");
    } catch (...) {
      trace("run raised", type_name(std::current_exception()));
    }
  } else {
    script.drive(trace, runner);
  }
  runner.close();
  trace("closed");
  return trace.lines();
}

std::string type_name(const std::exception_ptr& error) {
  if (!error) return "no error";
  try {
    std::rethrow_exception(error);
  } catch (const CancelledError&) {
    return "CancelledError";
  } catch (const KeyboardInterrupt&) {
    return "KeyboardInterrupt";
  } catch (const ValueError&) {
    return "ValueError";
  } catch (const InvalidStateError&) {
    return "InvalidStateError";
  } catch (const LookupError&) {
    return "LookupError";
  } catch (const TimeoutError&) {
    return "TimeoutError";
  } catch (const RuntimeError&) {
    return "RuntimeError";
  } catch (const std::exception& other) {
    return std::string("unexpected error: ") + other.what();
  }
}

Coro<void> count_ticks(Trace& trace) {
  for (;;) {
    ++trace.ticks;
    co_await sleep(std::chrono::seconds(0));
  }
}

}  // namespace weft::conformance
