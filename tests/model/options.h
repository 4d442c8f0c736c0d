#pragma once
// options: how far an exploration goes, which reading of the memory model it uses, and what it answers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/operation.h"

namespace weft::model {

// cpp: what the C++20 standard allows.
// x86_64: the orders that the instructions have besides: loads acquire, stores release, a read-modify-write and a seq_cst store
// are full barriers. Who passes here and not under cpp runs on this machine by luck of the architecture.
enum class Machine { cpp, x86_64 };

// one_by_one: a heavy barrier reaches the other threads one after the other, in any order, and they run on in between.
// at_once: it reaches all of them in one step (fewer executions).
enum class HeavyBarrier { one_by_one, at_once };

struct Options {
  std::string name = "model";
  int preemption_bound = -1;  // -1: all schedules. Otherwise schedules with at most so many preemptions, unreduced.
  bool reduce = true;         // sleep sets: of schedules that differ in the order of independent steps, run one
  int stale_reads = 2;        // so often in a row a thread may read a location without seeing its newest message
  int spurious_failures = 0;  // compare_exchange_weak, per thread
  int spurious_wakes = 0;     // park, per thread
  Machine machine = Machine::cpp;
  HeavyBarrier heavy_barrier = HeavyBarrier::one_by_one;
  std::size_t max_steps = 2000;
  bool cut_long_runs = false;  // a run of more than max_steps ends there and is counted, instead of being a failure
  std::uint64_t max_executions = 20'000'000;
  double max_seconds = 120;  // where an exploration gives up: the result is not complete then
  bool collect_sites = false;
  std::optional<Mutation> mutation = std::nullopt;
};

struct Result {
  std::string name;
  std::uint64_t executions = 0;  // ran to their end
  std::uint64_t pruned = 0;      // cut short: the rest repeats an execution that was already run
  std::uint64_t cut = 0;         // ended at max_steps: threads may keep each other busy for ever, if ever so unlikely
  std::size_t longest = 0;       // steps
  bool complete = false;         // nothing was left out, but for the bounds that summary() names
  int preemption_bound = -1;     // -1: no schedule was left out for its preemptions
  int stale_reads = 0;
  std::optional<std::string> failure;  // what went wrong, then the schedule that leads there
  std::vector<Site> sites;             // with collect_sites

  bool passed() const { return complete && !failure; }
  std::string summary() const;
};

}  // namespace weft::model
