#pragma once
// probe: what a scenario of cancel_everywhere says of one run: what must hold, and how the run may end.
//
//   asyncio   none
//   threads   every member from any thread, while the run lasts.
//   life      of one run; what it keeps lives until the run has been checked.

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weft::testing {

class Probe {
 public:
  Probe() = default;
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  // An object that the scenario's tasks and the checks share. It dies after the checks, the last one made first.
  template <class State, class... Args>
  State& keep(Args&&... args) {
    auto kept = std::make_shared<State>(std::forward<Args>(args)...);
    State& state = *kept;
    keep_alive(std::move(kept));
    return state;
  }
  // Called when the run has ended and what it left has ended too, outside the loop, in the order of registration. It fails the run by
  // expect() or by throwing.
  void at_end(std::function<void()> check);

  // The run has failed unless `holds`.
  void expect(bool holds, std::string_view sentence);
  // The run has failed when the same is said twice.
  void once(std::string_view what);

  // The scenario has caught its CancelledError and goes on, or has taken the request back: it may end as if it had not been cancelled.
  // Holds for the cancels that came before.
  void swallows_cancel();
  // The run may end with an exception that is no CancelledError.
  void may_fail();
  // The loop's exception handler may be told something with `part` in it.
  void may_report(std::string_view part);

  // --- for cancel_everywhere ----------------------------------------------------------------------------------------
  unsigned swallowed() const;
  bool allows_failure() const;
  bool allows_report(std::string_view text) const;
  std::vector<std::string> faults() const;
  void add_fault(std::string sentence);
  void run_checks();
  void let_go();

 private:
  void keep_alive(std::shared_ptr<void> kept);

  mutable std::mutex mutex_;  // all that follows
  std::vector<std::shared_ptr<void>> kept_;
  std::vector<std::function<void()>> checks_;
  std::set<std::string, std::less<>> happened_;
  std::vector<std::string> reports_;
  std::vector<std::string> faults_;
  unsigned swallowed_ = 0;
  bool may_fail_ = false;
};

}  // namespace weft::testing
