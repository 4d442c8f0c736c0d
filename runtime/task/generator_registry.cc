#include "weft/runtime/task/generator_registry.h"

#include <mutex>
#include <utility>

#include "weft/runtime/base/spin_lock.h"
#include "weft/runtime/base/spin_wait.h"
#include "weft/runtime/task/generator_core.h"
#include "weft/runtime/task/task_cell.h"

namespace weft {
namespace {

constinit SpinLock lock;  // every list, and of each generator that is in one what GeneratorCore says

}  // namespace

bool GeneratorRegistry::add(GeneratorCore& core, Runtime& runtime) noexcept {
  const std::lock_guard guard(lock);
  core.runtime_ = &runtime;
  live_.push_back(core);
  return !shut_down_;
}

void GeneratorRegistry::remove(GeneratorCore& core) noexcept {
  TaskCell* closer = nullptr;
  {
    const std::lock_guard guard(lock);
    if (core.runtime_ == nullptr) return;
    std::exchange(core.runtime_, nullptr)->generators().live_.remove(core);
    closer = std::exchange(core.closer_, nullptr);
  }
  if (closer != nullptr) closer->release();
}

Runtime* GeneratorRegistry::runtime_of(const GeneratorCore& core) noexcept {
  const std::lock_guard guard(lock);
  return core.runtime_;
}

bool GeneratorRegistry::begin_finalising(GeneratorCore& core) noexcept {
  const std::lock_guard guard(lock);
  if (core.runtime_ == nullptr) return false;
  if (core.closing_) {
    core.again_ = true;
    return false;
  }
  core.closing_ = core.finalising_ = true;
  return true;
}

void GeneratorRegistry::set_closer(GeneratorCore& core, TaskCell& closer) noexcept {
  closer.retain();
  const std::lock_guard guard(lock);
  core.closer_ = &closer;
}

GeneratorRegistry::Left GeneratorRegistry::end_closing(GeneratorCore& core) noexcept {
  const std::lock_guard guard(lock);
  core.closing_ = false;
  const bool again = std::exchange(core.again_, false);
  return {core.runtime_, again && core.runtime_ != nullptr};
}

bool GeneratorRegistry::collect(Shutdown& shutdown, bool dropped_too) {
  const std::lock_guard guard(lock);
  shut_down_ = true;
  bool complete = true;
  live_.for_each([&](GeneratorCore& core) {
    if (core.dropped() && !dropped_too) return;
    if (core.closer_ != nullptr) {
      if (!std::exchange(core.finalising_, false)) return;  // in an earlier round
      core.closer_->retain();
      shutdown.closers.push_back(core.closer_);
    } else if (core.finalising_) {
      complete = false;
    } else if (!core.closing_ && !core.closed() && (core.dropped() || !core.collected_)) {
      core.collected_ = core.closing_ = true;
      shutdown.to_close.push_back(Ref<GeneratorCore>::sharing(&core));
    }
  });
  return complete;
}

GeneratorRegistry::Shutdown GeneratorRegistry::begin_shutdown(bool dropped_too) {
  Shutdown shutdown;
  SpinWait spin;
  while (!collect(shutdown, dropped_too)) spin.once();
  return shutdown;
}

bool GeneratorRegistry::empty() const noexcept {
  const std::lock_guard guard(lock);
  return live_.empty();
}

void GeneratorRegistry::close() noexcept {
  std::vector<TaskCell*> closers;
  {
    const std::lock_guard guard(lock);
    while (GeneratorCore* core = live_.pop_front()) {
      core->runtime_ = nullptr;
      if (core->closer_ != nullptr) closers.push_back(std::exchange(core->closer_, nullptr));
    }
  }
  for (TaskCell* closer : closers) closer->release();
}

}  // namespace weft
