#pragma once
// run: from main() into the loop and back.
//
//   asyncio   asyncio.run, asyncio.Runner
//   threads   the calling thread becomes worker 0 until the main coroutine has ended; several runtimes may run at a time, each from its
//             own thread.
//   shutdown  all remaining tasks are cancelled and awaited, their errors reported, async generators closed as by shutdown_asyncgens(), the loop
//             is closed; also when main threw.
//   SIGINT    in the process's main thread, when SIGINT has its default disposition: the first one cancels the main task, and run() throws
//             KeyboardInterrupt if the task ends by that; the second one makes run() throw KeyboardInterrupt without waiting.
//   errors    what the coroutine threw. RuntimeError inside a running loop.

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "weft/runtime/flow/event_loop.h"

namespace weft {

class Runner {
 public:
  explicit Runner(RunOptions options = {}) : options_(std::move(options)) {}
  // As close(), but what goes wrong is reported, not thrown.
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // Runs the coroutine as the main task, in the runner's own context or in the given one. The loop and the runner's context, a copy of the
  // one in which the loop was made, are kept for the next run(). RuntimeError: "Runner is closed".
  template <class T>
  T run(Coro<T> main, const Context* context = nullptr) {
    EventLoop& loop = loop_for_run();
    const Task<T> task = loop.create_task(std::move(main), {.context = context != nullptr ? context : &*context_});
    run_main(task);
    return EventLoop::take_result(task);
  }
  // Makes the loop if there is none.
  EventLoop& get_loop();
  // Cancels what still runs, waits for it, closes the loop. Idempotent.
  void close();

 private:
  EventLoop& loop_for_run();
  void run_main(const AnyTask& main);
  void cancel_all_tasks();
  void run_last_turns();
  void close_generators();
  void run_turns(std::function<AnyFuture()> begin, std::function<void()> end);

  RunOptions options_;
  std::unique_ptr<EventLoop> loop_;
  std::optional<Context> context_;  // made with the loop
  bool closed_ = false;
};

// Runs the coroutine in a loop of its own and returns its result.
template <class T>
T run(Coro<T> main, RunOptions options = {}) {
  Runner runner(std::move(options));
  if constexpr (std::is_void_v<T>) {
    runner.run(std::move(main));
    runner.close();
  } else if constexpr (std::is_reference_v<T>) {
    T result = runner.run(std::move(main));
    runner.close();
    return result;
  } else {
    T result = runner.run(std::move(main));
    runner.close();
    return result;
  }
}

}  // namespace weft
