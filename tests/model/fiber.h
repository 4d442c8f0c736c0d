#pragma once
// fiber: a model thread's stack. The checker runs every model thread on one operating-system thread.
//
//   threads   one: whoever calls resume() is who leave() returns to.
//   abandon   a fiber that left may be started afresh: what its old stack held is not destroyed, so bodies of model
//             threads hold no owners among their locals.

#include <setjmp.h>
#include <ucontext.h>
#include <cstddef>
#include <memory>

namespace weft::model {

class Fiber {
 public:
  using Entry = void (*)(void*);

  Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  void start(Entry entry, void* argument);
  // Runs the fiber until it leaves; entry must end by leaving for good, never by returning.
  void resume();
  void leave();

 private:
  static constexpr std::size_t kStackSize = 128 * 1024;

  static void trampoline(unsigned low, unsigned high);

  std::unique_ptr<char[]> stack_;
  ucontext_t first_{};
  jmp_buf inside_{};
  jmp_buf outside_{};
  Entry entry_ = nullptr;
  void* argument_ = nullptr;
  bool entered_ = false;
};

}  // namespace weft::model
