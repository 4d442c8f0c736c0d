#pragma once
// generator_shutdown: closes the async generators of a runtime, all at once; what loop.shutdown_asyncgens() and the end of run() do.
//
//   threads   on a worker of the runtime, or while it does not run.

#include <string>
#include <vector>

#include "weft/runtime/task/future_wait.h"
#include "weft/runtime/task/task.h"

namespace weft {

class GeneratorShutdown {
 public:
  // Makes and schedules the tasks that close them. An async generator that begins later is reported.
  explicit GeneratorShutdown(Runtime& runtime);

  // Is nothing to be closed?
  bool empty() const noexcept { return !future_; }
  // Done when all are closed.
  const AnyFuture& future() const noexcept { return future_; }
  class [[nodiscard]] Awaiter : public FutureWait {
   public:
    using FutureWait::FutureWait;
    void await_resume() { check("shutdown_asyncgens()"); }
  };
  Awaiter closed() const { return Awaiter(future_.core()); }
  // Once they are closed: tells the exception handler what went wrong.
  void report() const;

 private:
  struct Closing {
    AnyTask task;
    std::string generator;
  };
  Runtime& runtime_;
  std::vector<Closing> closing_;
  AnyFuture future_;
};

}  // namespace weft
