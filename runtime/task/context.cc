#include "weft/runtime/task/context.h"

#include "weft/runtime/base/errors.h"

namespace weft {
namespace {

Ref<ContextCore> enter(ContextCore& core) {
  if (ContextScope::entered_here(core) || !core.try_enter())
    throw RuntimeError("Context::run: the context is already entered; run in a copy() of it");
  return Ref<ContextCore>::sharing(&core);
}

}  // namespace

Context::Entry::Entry(ContextCore& core) : slot_(enter(core)), scope_(slot_) {}
Context::Entry::~Entry() { slot_.core().leave(); }

std::vector<AnyContextVar> Context::variables() const {
  const Ref<const ContextMap> map = core_->map();
  std::vector<AnyContextVar> found;
  for (const ContextBinding* binding : ContextMap::bindings(map.get())) found.emplace_back(binding->variable());
  return found;
}

}  // namespace weft
