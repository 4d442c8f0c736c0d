// What a person reads: names of orders and operations, and the schedule that led to a failure.

#include <cstdio>

#include "model/execution.h"

namespace weft::model {
namespace {

std::string number(std::uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 4096 ? "%llu" : "%#llx", static_cast<unsigned long long>(value));
  return text;
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

}  // namespace

const char* to_string(Kind kind) {
  switch (kind) {
    case Kind::load:
      return "load";
    case Kind::store:
      return "store";
    case Kind::exchange:
      return "exchange";
    case Kind::fetch_add:
      return "fetch_add";
    case Kind::fetch_sub:
      return "fetch_sub";
    case Kind::fetch_or:
      return "fetch_or";
    case Kind::fetch_and:
      return "fetch_and";
    case Kind::compare_exchange:
      return "compare_exchange";
    case Kind::light_barrier:
      return "light_barrier";
    case Kind::heavy_barrier:
      return "heavy_barrier";
    case Kind::park:
      return "park";
    case Kind::unpark:
      return "unpark";
    case Kind::pause:
      return "pause";
    case Kind::plain_read:
      return "plain read";
    case Kind::plain_write:
      return "plain write";
    case Kind::note:
      return "note";
  }
  return "?";
}

const char* to_string(Order order) {
  switch (order) {
    case Order::relaxed:
      return "relaxed";
    case Order::consume:
      return "consume";
    case Order::acquire:
      return "acquire";
    case Order::release:
      return "release";
    case Order::acq_rel:
      return "acq_rel";
    case Order::seq_cst:
      return "seq_cst";
  }
  return "?";
}

std::string to_string(const Where& where) {
  const std::string_view path = where.file_name();
  const std::size_t slash = path.rfind('/');
  return std::string(slash == path.npos ? path : path.substr(slash + 1)) + ":" + std::to_string(where.line());
}

std::string to_string(const Site& site) {
  std::string text = to_string(site.where) + " " + to_string(site.kind);
  if (site.kind == Kind::light_barrier || site.kind == Kind::heavy_barrier) return text;
  text += std::string(" ") + to_string(site.order);
  if (site.kind == Kind::compare_exchange) text += std::string("/") + to_string(site.failure_order);
  return text;
}

std::string to_string(const Mutation& mutation) {
  if (mutation.effect == Mutation::Effect::drop) return to_string(mutation.site) + " -> dropped";
  if (mutation.effect == Mutation::Effect::blind) return to_string(mutation.site) + " -> not looking again";
  Site weaker = mutation.site;
  weaker.order = mutation.order;
  weaker.failure_order = mutation.failure_order;
  const std::string after = to_string(weaker);
  return to_string(mutation.site) + " -> " + after.substr(after.rfind(' ') + 1);
}

std::string Result::summary() const {
  std::string text = name + ": " + std::to_string(executions) + " interleavings run to their end";
  if (pruned > 0) text += ", " + std::to_string(pruned) + " cut short as repetitions";
  if (cut > 0) text += ", " + std::to_string(cut) + " cut off at the step limit";
  text += ", longest " + std::to_string(longest) + " steps, ";
  if (failure) {
    text += "stopped at the first failure";
  } else if (!complete) {
    text += "not complete";
  } else if (preemption_bound >= 0) {
    text += "complete up to " + std::to_string(preemption_bound) + " preemptions";
  } else {
    text += "complete";
  }
  return text + ", at most " + std::to_string(stale_reads) + " stale reads in a row";
}

std::string Execution::location_name(LocationId location) const {
  if (location < names_.size() && !names_[location].empty()) return names_[location];
  return "atomic#" + std::to_string(location);
}

std::string Execution::thread_name(ThreadId thread) const { return thread == 0 ? "body" : threads_[thread].name; }

std::string Execution::describe(const Step& step) const {
  const Operation& operation = step.operation;
  std::string text = to_string(operation.kind);
  if (operation.location != kNoLocation) text += " " + location_name(operation.location);
  switch (operation.kind) {
    case Kind::note:
      return notes_[step.note];
    case Kind::load:
      text += " = " + number(step.read);
      break;
    case Kind::store:
      text += " := " + number(step.written);
      break;
    case Kind::exchange:
    case Kind::fetch_add:
    case Kind::fetch_sub:
    case Kind::fetch_or:
    case Kind::fetch_and:
      text += ": " + number(step.read) + " -> " + number(step.written);
      break;
    case Kind::compare_exchange:
      if (step.outcome == Outcome::exchanged) text += ": " + number(step.read) + " -> " + number(step.written);
      if (step.outcome == Outcome::different) text += ": fails, sees " + number(step.read);
      if (step.outcome == Outcome::spurious) text += ": fails spuriously";
      break;
    case Kind::park:
      if (step.outcome == Outcome::sleeps) text += " while " + number(step.written) + ": sleeps";
      if (step.outcome == Outcome::spurious) text += " while " + number(step.written) + ": returns spuriously";
      if (step.outcome == Outcome::returns)
        text += " while " + number(step.written) + ": returns, sees " + number(step.read);
      break;
    case Kind::unpark:
      text += step.outcome == Outcome::woke ? ": wakes " + thread_name(step.other) : std::string(": nobody sleeps");
      break;
    case Kind::heavy_barrier:
      text += " reaches " + thread_name(step.other);
      break;
    default:
      break;
  }
  if (step.behind > 0) text += " (stale: " + std::to_string(step.behind) + " newer)";
  return text;
}

std::string Execution::failure_report() const {
  if (!failed_) return {};
  std::string text = failure_ + "\nschedule, " + std::to_string(steps_) + " steps:\n";
  for (const Step& step : trace_) {
    const Operation& operation = step.operation;
    text += "  " + padded(thread_name(step.thread), 10) + " " + padded(describe(step), 52);
    if (operation.kind < Kind::light_barrier) {
      const Order order = step.outcome == Outcome::different || step.outcome == Outcome::spurious
                              ? operation.failure_order
                              : operation.order;
      text += " " + padded(to_string(order), 8);
    } else {
      text += std::string(9, ' ');
    }
    if (operation.kind != Kind::note) text += " " + to_string(operation.where);
    text += "\n";
  }
  return text;
}

}  // namespace weft::model
