#pragma once
// explore: runs a body under every schedule and every choice of what loads read, and stops at the first failure.
//
//   body      called once per execution; see execution.h for what it does. It must do the same each time.
//   answer    Result: how many executions, whether that is all of them, and the first failure with its schedule.
//   survey    the same for each weakening of each site in the code under test: who would notice a wrong order?

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/atomics.h"
#include "model/options.h"

namespace weft::model {

using Body = std::function<void(Execution&)>;

Result explore(const Options& options, const Body& body);

// Inside a body or a thread of it. The sentence says what does not hold.
void check(bool holds, std::string_view sentence, Where where = Where::current());
void note(std::string text);

// The weakenings of a site by one degree: each order to the next weaker ones, a barrier to nothing, a load to blindness.
std::vector<Mutation> weakenings(const Site& site);

struct Scenario {
  std::string name;
  Body body;
  Options options = {};
};

struct Verdict {
  Mutation mutation;
  std::string scenario;          // that notices it; empty: none does
  std::string failure;           // what it notices, in one line
  std::uint64_t executions = 0;  // until then
  bool complete = true;          // false: some scenario was cut off without a failure
  bool caught() const { return !scenario.empty(); }
};

struct Survey {
  std::vector<Result> unchanged;
  std::vector<Verdict> verdicts;

  bool unchanged_passed() const;
  std::string table() const;
  // Weakenings without line numbers, as "push: store release -> relaxed": those that no execution of any scenario notices, and
  // the others. A load that survives without looking again may just be the only writer's; one that is caught is a re-check.
  std::vector<std::string> survivors(Mutation::Effect effect) const { return list(effect, false); }
  std::vector<std::string> caught(Mutation::Effect effect) const { return list(effect, true); }

 private:
  std::vector<std::string> list(Mutation::Effect effect, bool caught) const;
};

// Explores the scenarios unchanged, then each weakening of each site whose file name contains file_part, until a scenario
// notices it.
Survey survey(const std::vector<Scenario>& scenarios, std::string_view file_part);

}  // namespace weft::model
