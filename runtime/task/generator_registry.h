#pragma once
// generator_registry: the async generators that a runtime has to finalise: begun there, and not ended.
//
//   threads   every member from any thread. One lock for the process: a generator may outlive its runtime, and end on any thread.
//   cost      a few instructions under the lock when a generator begins and when it ends; nothing for each item.

#include <vector>

#include "weft/runtime/base/counted.h"
#include "weft/runtime/base/intrusive_list.h"

namespace weft {

class GeneratorCore;
class Runtime;
class TaskCell;

class GeneratorRegistry {
 public:
  GeneratorRegistry() = default;
  GeneratorRegistry(const GeneratorRegistry&) = delete;
  GeneratorRegistry& operator=(const GeneratorRegistry&) = delete;

  // The generator begins here. False: after begin_shutdown(), which is to be reported.
  [[nodiscard]] bool add(GeneratorCore& core, Runtime& runtime) noexcept;
  // It has ended. Nothing happens when it is in no registry.
  static void remove(GeneratorCore& core) noexcept;
  // Where it is; null: it never began, has ended, or its runtime is gone. The runtime may go at any time, so for
  // Runtime::schedule_in() and its like only.
  static Runtime* runtime_of(const GeneratorCore& core) noexcept;
  // It was dropped, and the caller is to make the task that closes it, which set_closer() names. False: somebody else closes it, or its
  // runtime is gone.
  [[nodiscard]] static bool begin_finalising(GeneratorCore& core) noexcept;
  static void set_closer(GeneratorCore& core, TaskCell& closer) noexcept;
  // The task that was to close it is gone.
  struct Left {
    Runtime* runtime;
    bool again;  // begin_finalising() said meanwhile that somebody else closes it, and is to be asked again
  };
  static Left end_closing(GeneratorCore& core) noexcept;

  // What is to be closed, each generator once in its life here, and whom to wait for besides.
  struct Shutdown {
    std::vector<Ref<GeneratorCore>> to_close;
    std::vector<TaskCell*> closers;  // retained for the caller
  };
  // `dropped_too`: those as well that were dropped and are not closed yet.
  Shutdown begin_shutdown(bool dropped_too);
  bool empty() const noexcept;
  // The runtime goes down: what is dropped from now on is destroyed where it is.
  void close() noexcept;

 private:
  // False: the task of one is just being made.
  [[nodiscard]] bool collect(Shutdown& shutdown, bool dropped_too);

  IntrusiveList<GeneratorCore> live_;
  bool shut_down_ = false;
};

}  // namespace weft
