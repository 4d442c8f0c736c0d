#include "model/explore.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "model/quarantine.h"

namespace weft::model {

Result explore(const Options& options, const Body& body) {
  Execution execution(options);
  Result result;
  result.name = options.name;
  result.stale_reads = options.stale_reads;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(options.max_seconds);
  while (true) {
    execution.reset();
    {
      const Quarantine freed;
      body(execution);
    }
    if (!execution.ran()) execution.fail("the body ended without finally(): its threads did not run");
    ++(execution.cut() ? result.cut : execution.pruned() ? result.pruned : result.executions);
    if (execution.steps() > result.longest) result.longest = execution.steps();
    if (execution.failed()) {
      result.failure = execution.failure_report();
      break;
    }
    if (!execution.next()) {
      result.complete = true;
      break;
    }
    const std::uint64_t all = result.executions + result.pruned + result.cut;
    if (all >= options.max_executions) break;
    if (all % 1024 == 0 && std::chrono::steady_clock::now() > deadline) break;
  }
  if (execution.bounded()) result.preemption_bound = options.preemption_bound;
  result.sites = execution.sites();
  return result;
}

void check(bool holds, std::string_view sentence, Where where) {
  if (!holds) Execution::current().fail(std::string(sentence) + " (" + to_string(where) + ")");
}

void note(std::string text) { Execution::current().note(std::move(text)); }

namespace {

std::vector<Order> next_weaker(Order order, Kind kind) {
  const bool reads = kind != Kind::store;
  const bool writes = kind != Kind::load;
  switch (order) {
    case Order::seq_cst:
      if (reads && writes) return {Order::acq_rel};
      return {reads ? Order::acquire : Order::release};
    case Order::acq_rel:
      return {Order::acquire, Order::release};
    case Order::acquire:
    case Order::consume:
    case Order::release:
      return {Order::relaxed};
    case Order::relaxed:
      break;
  }
  return {};
}

Verdict judge(const std::vector<Scenario>& scenarios, const Mutation& mutation) {
  Verdict verdict;
  verdict.mutation = mutation;
  for (const Scenario& scenario : scenarios) {
    Options options = scenario.options;
    options.name = scenario.name;
    options.mutation = mutation;
    const Result result = explore(options, scenario.body);
    verdict.executions += result.executions + result.pruned + result.cut;
    verdict.complete = verdict.complete && (result.complete || result.failure);
    if (!result.failure) continue;
    verdict.scenario = scenario.name;
    verdict.failure = result.failure->substr(0, result.failure->find('\n'));
    break;
  }
  return verdict;
}

// Compilers print whole signatures: "bool weft::ForkDeque<...>::push(Item *) [...]".
std::string function_name(const Where& where) {
  std::string text = where.function_name();
  int depth = 0;
  std::string flat;
  for (const char letter : text) {
    if (letter == '<') ++depth;
    if (depth == 0) flat += letter;
    if (letter == '>') --depth;
  }
  for (const std::string_view part : {"(anonymous namespace)::", "{anonymous}::"}) {
    const std::size_t at = flat.find(part);
    if (at != flat.npos) flat.erase(at, part.size());
  }
  flat = flat.substr(0, flat.find('('));
  const std::size_t start = flat.find_last_of(": ");
  return start == flat.npos ? flat : flat.substr(start + 1);
}

}  // namespace

std::vector<Mutation> weakenings(const Site& site) {
  std::vector<Mutation> result;
  if (site.kind == Kind::light_barrier || site.kind == Kind::heavy_barrier) {
    result.push_back({site, Mutation::Effect::drop, site.order, site.failure_order});
    return result;
  }
  if (site.kind > Kind::compare_exchange) return result;
  for (const Order order : next_weaker(site.order, site.kind))
    result.push_back({site, Mutation::Effect::order, order, site.failure_order});
  if (site.kind == Kind::compare_exchange)
    for (const Order order : next_weaker(site.failure_order, Kind::load))
      result.push_back({site, Mutation::Effect::order, site.order, order});
  if (site.kind == Kind::load) result.push_back({site, Mutation::Effect::blind, site.order, site.failure_order});
  return result;
}

Survey survey(const std::vector<Scenario>& scenarios, std::string_view file_part) {
  Survey result;
  std::vector<Site> sites;
  for (const Scenario& scenario : scenarios) {
    Options options = scenario.options;
    options.name = scenario.name;
    options.collect_sites = true;
    result.unchanged.push_back(explore(options, scenario.body));
    for (const Site& site : result.unchanged.back().sites) {
      if (std::string_view(site.where.file_name()).find(file_part) == std::string_view::npos) continue;
      const auto same = [&site](const Site& other) { return other.is(site.kind, site.where); };
      if (std::none_of(sites.begin(), sites.end(), same)) sites.push_back(site);
    }
  }
  if (!result.unchanged_passed()) return result;
  for (const Site& site : sites)
    for (const Mutation& mutation : weakenings(site)) result.verdicts.push_back(judge(scenarios, mutation));
  return result;
}

bool Survey::unchanged_passed() const {
  return std::all_of(unchanged.begin(), unchanged.end(), [](const Result& result) { return result.passed(); });
}

std::string Survey::table() const {
  std::string text;
  for (const Result& result : unchanged) text += result.summary() + "\n" + result.failure.value_or("");
  for (const Verdict& verdict : verdicts) {
    text += std::string(verdict.caught() ? "  caught    " : "  survives  ") + to_string(verdict.mutation);
    if (verdict.caught()) text += " by " + verdict.scenario + ": " + verdict.failure;
    if (!verdict.caught() && !verdict.complete) text += " (not complete)";
    text += " [" + std::to_string(verdict.executions) + " executions]\n";
  }
  return text;
}

std::vector<std::string> Survey::list(Mutation::Effect effect, bool caught) const {
  std::vector<std::string> result;
  for (const Verdict& verdict : verdicts) {
    if (verdict.caught() != caught || verdict.mutation.effect != effect) continue;
    const std::string text = to_string(verdict.mutation);
    result.push_back(function_name(verdict.mutation.site.where) + ":" + text.substr(text.find(' ')));
  }
  return result;
}

}  // namespace weft::model
