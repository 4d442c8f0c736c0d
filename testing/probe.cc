#include "weft/testing/probe.h"

#include <algorithm>
#include <exception>

#include "weft/runtime/task/runtime.h"

namespace weft::testing {

void Probe::keep_alive(std::shared_ptr<void> kept) {
  const std::lock_guard lock(mutex_);
  kept_.push_back(std::move(kept));
}

void Probe::at_end(std::function<void()> check) {
  const std::lock_guard lock(mutex_);
  checks_.push_back(std::move(check));
}

void Probe::expect(bool holds, std::string_view sentence) {
  if (!holds) add_fault(std::string(sentence));
}

void Probe::once(std::string_view what) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = happened_.emplace(what).second;
  }
  if (!first) add_fault(std::string(1, '"').append(what).append("\" happened twice"));
}

void Probe::swallows_cancel() {
  const std::lock_guard lock(mutex_);
  ++swallowed_;
}

void Probe::may_fail() {
  const std::lock_guard lock(mutex_);
  may_fail_ = true;
}

void Probe::may_report(std::string_view part) {
  const std::lock_guard lock(mutex_);
  reports_.emplace_back(part);
}

unsigned Probe::swallowed() const {
  const std::lock_guard lock(mutex_);
  return swallowed_;
}

bool Probe::allows_failure() const {
  const std::lock_guard lock(mutex_);
  return may_fail_;
}

bool Probe::allows_report(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(reports_.begin(), reports_.end(),
                     [text](const std::string& part) { return text.find(part) != std::string_view::npos; });
}

std::vector<std::string> Probe::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

void Probe::add_fault(std::string sentence) {
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(sentence));
}

void Probe::run_checks() {
  for (std::size_t i = 0;; ++i) {
    std::function<void()> check;
    {
      const std::lock_guard lock(mutex_);
      if (i == checks_.size()) return;
      check = checks_[i];
    }
    try {
      check();
    } catch (...) {
      add_fault("a check threw " + describe(std::current_exception()));
    }
  }
}

void Probe::let_go() {
  std::vector<std::shared_ptr<void>> kept;
  {
    const std::lock_guard lock(mutex_);
    checks_.clear();
    kept.swap(kept_);
  }
  while (!kept.empty()) kept.pop_back();
}

}  // namespace weft::testing
