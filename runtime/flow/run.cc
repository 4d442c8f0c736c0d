#include "weft/runtime/flow/run.h"

#include <exception>
#include <vector>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/flow/gather.h"
#include "weft/runtime/flow/interrupt.h"
#include "weft/runtime/task/context_scope.h"

namespace weft {

Runner::~Runner() {
  try {
    close();
  } catch (...) {
    Runtime::default_report({"weft::Runner could not be closed", std::current_exception(), {}});
  }
}

EventLoop& Runner::get_loop() {
  if (closed_) throw RuntimeError("Runner is closed");
  if (loop_ == nullptr) {
    context_ = copy_context();
    loop_ = std::make_unique<EventLoop>(options_);
  }
  return *loop_;
}

EventLoop& Runner::loop_for_run() {
  if (this_worker() != nullptr) {
    throw RuntimeError(
        "run() cannot be called from a running event loop: this thread runs one; co_await the coroutine instead");
  }
  return get_loop();
}

void Runner::run_main(const AnyTask& main) {
  const InterruptGuard guard(loop_->runtime(), main);
  try {
    loop_->wait_until_done(main);
  } catch (const RuntimeError&) {
    if (!main.done() && guard.count() > 0) throw KeyboardInterrupt();
    throw;
  }
  if (guard.unanswered()) throw KeyboardInterrupt();
  if (main.cancelled() && guard.count() > 0 && main.uncancel() == 0) throw KeyboardInterrupt();
}

void Runner::cancel_all_tasks() {
  Runtime& runtime = loop_->runtime();
  std::vector<AnyTask> tasks;
  for (TaskCell* cell : pending_cells(runtime)) tasks.emplace_back(cell);
  if (tasks.empty()) return;
  for (const AnyTask& task : tasks) task.cancel();
  if (runtime.could_not_start()) return;  // whoever called run() knows; nobody is there to run the tasks to their ends
  const std::vector<AnyFuture> futures(tasks.begin(), tasks.end());
  loop_->wait_until_done(when_all_done(runtime, futures));
  for (const AnyTask& task : tasks) {
    if (task.cancelled() || task.core().has_result()) continue;
    const ContextScope scope(task.cell().context());
    runtime.report({"unhandled exception during weft::run() shutdown", task.exception(), task.get_name()});
  }
}

// Runs the loop from the call of `begin` to the end that it gives, as run_until_complete does with a coroutine of asyncio's.
void Runner::run_turns(std::function<AnyFuture()> begin, std::function<void()> end) {
  const Future<void> over = loop_->create_future<void>();
  const auto finish = [over, end] {
    end();
    over.try_set_result();
  };
  loop_->call_soon([begin, finish] {
    if (const AnyFuture future = begin(); future) {
      future.add_done_callback([finish](const AnyFuture&) { finish(); });
    } else {
      finish();
    }
  });
  loop_->wait_until_done(over);
}

// Order asyncio: as under CPython, what is ready by then runs in the last turns. The loop does not run again for nothing.
void Runner::run_last_turns() {
  Runtime& runtime = loop_->runtime();
  if (runtime.could_not_start()) return;
  if (!runtime.asyncio_order()) return close_generators();
  if (runtime.generators().empty() && !runtime.has_something_ready()) return;
  std::optional<GeneratorShutdown> shutdown;
  run_turns([&] { return shutdown.emplace(runtime).future(); }, [&] { shutdown->report(); });
  if (!runtime.has_something_ready()) return;
  run_turns([] { return AnyFuture(); }, [] {});  // where asyncio shuts its executor down
}

void Runner::close_generators() {
  Runtime& runtime = loop_->runtime();
  // One that is closed may drop others.
  for (;;) {
    const GeneratorShutdown shutdown(runtime);
    if (shutdown.empty()) return;
    loop_->wait_until_done(shutdown.future());
    shutdown.report();
  }
}

void Runner::close() {
  if (closed_) return;
  closed_ = true;
  if (loop_ == nullptr) return;
  try {
    cancel_all_tasks();
    run_last_turns();
  } catch (...) {
    loop_->close();
    throw;
  }
  loop_->close();
}

}  // namespace weft
