#include "weft/runtime/task/runtime.h"

#include <cxxabi.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <typeinfo>
#include <utility>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/base/exception_group.h"
#include "weft/runtime/task/join.h"
#include "weft/runtime/task/living.h"
#include "weft/runtime/task/task_cell.h"

namespace weft {
namespace {

// For objects that outlive theirs. Never destroyed: such objects may die after main().
Living<Runtime>& living() {
  static auto* const of_process = new Living<Runtime>;
  return *of_process;
}

std::uint64_t next_serial() noexcept {
  // Written by whoever makes a runtime. relaxed: only uniqueness counts.
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

Runtime::Runtime(SchedulerOptions options) : Scheduler(std::move(options)), serial_(next_serial()) {
  living().join(*this);
}

Runtime::~Runtime() {
  generators_.close();
  for_each_fork([this](ForkItem* item) {
    PromiseBase& child = *Join::promise_of(item);
    if (child.completion().kind() == Completion::Kind::join) child.completion().join()->materialise(child, *this);
  });
  drop_queued();  // while the frames that hold timers still live
  const std::vector<TaskCell*> cells = pending_cells(*this);
  for (TaskCell* cell : cells) {
    if (!cell->done()) cell->abandon();
  }
  drop_queued();  // the end of one wakes another that waited for it: a queued cell must not die before
  for (TaskCell* cell : cells) cell->release();
  living().leave(*this);
  drop_queued();  // what came in meanwhile
}

void Runtime::refuse_no_loop(const char* caller) {
  throw RuntimeError(std::string(caller) +
                     ": no running event loop in this thread; call it from a task or a callback of one");
}

void Runtime::escape(const StoredError& error) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (!escaped_) escaped_ = error;
  }
  stop_at_once();
}

void Runtime::rethrow_escaped() {
  StoredError error;
  {
    const std::lock_guard lock(mutex_);
    error = std::exchange(escaped_, StoredError());
  }
  if (error) error.rethrow();
}

void Runtime::set_exception_handler(ExceptionHandler handler) {
  auto shared = handler ? std::make_shared<const ExceptionHandler>(std::move(handler)) : nullptr;
  const std::lock_guard lock(mutex_);
  handler_.swap(shared);
}

void Runtime::set_task_factory(std::shared_ptr<const TaskFactory> factory) {
  const std::lock_guard lock(mutex_);
  set_special(kTaskFactory, factory != nullptr);
  task_factory_.swap(factory);
}

std::shared_ptr<const TaskFactory> Runtime::task_factory() {
  const std::lock_guard lock(mutex_);
  return task_factory_;
}

void Runtime::report(const ExceptionContext& context) noexcept {
  std::shared_ptr<const ExceptionHandler> handler;
  {
    const std::lock_guard lock(mutex_);
    handler = handler_;
  }
  if (handler == nullptr) {
    default_report(context);
    return;
  }
  try {
    (*handler)(context);
  } catch (...) {
    default_report({"Unhandled error in exception handler", std::current_exception(), {}});
    default_report(context);
  }
}

void Runtime::report_to(const Runtime* runtime, const ExceptionContext& context) noexcept {
  const bool alive = living().if_alive(runtime, [] {});
  // The loop may be closed by another thread in between; whoever drops futures while the loop closes serialises that.
  if (alive) {
    const_cast<Runtime*>(runtime)->report(context);
  } else {
    default_report(context);
  }
}

void* Runtime::loop_of(const Runtime* runtime) {
  void* loop = nullptr;
  if (!living().if_alive(runtime, [&] { loop = runtime->loop(); })) {
    throw RuntimeError("get_loop(): Event loop is closed");
  }
  return loop;
}

void Runtime::schedule_in(Runtime* runtime, Work* work) {
  if (runtime == of_this_thread()) {
    runtime->schedule(work);
    return;
  }
  if (!living().if_alive(runtime, [&] { runtime->schedule(work); })) work->drop();
}

void Runtime::run_or_schedule_in(Runtime* runtime, Work* work) {
  if (runtime == of_this_thread() && !runtime->asyncio_order()) {
    work->run();
  } else {
    schedule_in(runtime, work);
  }
}

void Runtime::default_report(const ExceptionContext& context) noexcept {
  std::string text = context.message;
  if (!context.task_name.empty()) text += "\n  task: " + context.task_name;
  if (!context.created_at.empty()) text += "\n  created at: " + context.created_at;
  if (context.exception != nullptr) text += "\n  exception: " + describe(context.exception);
  std::fprintf(stderr, "%s\n", text.c_str());
}

bool debug_by_environment() noexcept {
  const char* value = std::getenv("WEFT_DEBUG");
  return value != nullptr && *value != '\0' && std::string_view(value) != "0";
}

std::string describe_type(const std::type_info& type) {
  int status = 0;
  char* name = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string text = status == 0 ? name : type.name();
  std::free(name);
  return text;
}

std::string describe(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const CancelledError& cancelled) {
    return "CancelledError(" + cancelled.message() + ")";
  } catch (const GeneratorExit&) {
    return "GeneratorExit()";
  } catch (const KeyboardInterrupt&) {
    return "KeyboardInterrupt()";
  } catch (const BaseExceptionGroup& group) {
    return group.format();
  } catch (const std::exception& known) {
    return describe_type(typeid(known)) + ": " + known.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

}  // namespace weft
