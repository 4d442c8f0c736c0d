// Only the first entry goes through ucontext: its every switch costs a system call for the signal mask, a jump does not.
// Fortified longjmp takes a jump to another stack for an error, so this file goes without it.
#undef _FORTIFY_SOURCE

#include "model/fiber.h"

#include <cstdint>
#include <cstdlib>

namespace weft::model {

Fiber::Fiber() : stack_(new char[kStackSize]) {
  if (getcontext(&first_) != 0) std::abort();
  first_.uc_stack.ss_sp = stack_.get();
  first_.uc_stack.ss_size = kStackSize;
  first_.uc_link = nullptr;
}

void Fiber::start(Entry entry, void* argument) {
  entry_ = entry;
  argument_ = argument;
  entered_ = false;
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  makecontext(&first_, reinterpret_cast<void (*)()>(&Fiber::trampoline), 2, static_cast<unsigned>(self),
              static_cast<unsigned>(self >> 32));
}

void Fiber::resume() {
  if (_setjmp(outside_) != 0) return;
  if (entered_) _longjmp(inside_, 1);
  entered_ = true;
  setcontext(&first_);
  std::abort();
}

void Fiber::leave() {
  if (_setjmp(inside_) == 0) _longjmp(outside_, 1);
}

void Fiber::trampoline(unsigned low, unsigned high) {
  auto* self = reinterpret_cast<Fiber*>(static_cast<std::uintptr_t>(low) | (static_cast<std::uintptr_t>(high) << 32));
  self->entry_(self->argument_);
  std::abort();
}

}  // namespace weft::model
