#pragma once
// operation: one step of a model thread, as announced to the scheduler before it is made.

#include <atomic>
#include <cstdint>
#include <cstring>
#include <source_location>
#include <string>

#include "model/view.h"

namespace weft::model {

using Order = std::memory_order;
using Where = std::source_location;

enum class Kind : std::uint8_t {
  load,
  store,
  exchange,
  fetch_add,
  fetch_sub,
  fetch_or,
  fetch_and,
  compare_exchange,
  light_barrier,
  heavy_barrier,
  park,
  unpark,
  pause,
  plain_read,
  plain_write,
  note
};

struct Operation {
  Kind kind = Kind::note;
  LocationId location = kNoLocation;
  Order order = Order::relaxed;
  Order failure_order = Order::relaxed;
  Where where;
  bool full_barrier = false;
};

constexpr bool acquires(Order order) {
  return order == Order::acquire || order == Order::consume || order == Order::acq_rel || order == Order::seq_cst;
}
constexpr bool releases(Order order) {
  return order == Order::release || order == Order::acq_rel || order == Order::seq_cst;
}

// What x86-64 makes of an operation, whatever order it asks for.
constexpr void strengthen(Operation& operation) {
  if (operation.kind == Kind::load) {
    if (operation.order != Order::seq_cst) operation.order = Order::acquire;
  } else if (operation.kind == Kind::store) {
    operation.full_barrier = operation.order == Order::seq_cst;
    if (operation.order != Order::seq_cst) operation.order = Order::release;
  } else if (operation.kind <= Kind::compare_exchange) {
    operation.full_barrier = true;
    operation.order = Order::seq_cst;
    operation.failure_order = Order::seq_cst;
  }
}

// Whether the order of two pending steps of different threads can matter.
constexpr bool dependent(const Operation& a, const Operation& b) {
  const auto meets_heavy = [](Kind kind) {
    return kind == Kind::light_barrier || kind == Kind::heavy_barrier || kind == Kind::park || kind == Kind::unpark;
  };
  if (a.kind == Kind::heavy_barrier && meets_heavy(b.kind)) return true;
  if (b.kind == Kind::heavy_barrier && meets_heavy(a.kind)) return true;
  if (a.full_barrier && b.full_barrier) return true;
  if (a.location == kNoLocation || a.location != b.location) return false;
  return a.kind != Kind::load || b.kind != Kind::load;
}

// A place in the code under test that makes an atomic operation or a barrier.
struct Site {
  Kind kind = Kind::note;
  Order order = Order::relaxed;
  Order failure_order = Order::relaxed;
  Where where;

  bool is(Kind other, const Where& place) const {
    return kind == other && where.line() == place.line() && where.column() == place.column() &&
           std::strcmp(where.file_name(), place.file_name()) == 0;
  }
};

// One site changed for the worse.
struct Mutation {
  // order: another memory order. drop: a barrier that does nothing. blind: a load that sees what its thread saw there
  // before, as if the code did not look again.
  enum class Effect { order, drop, blind };

  Site site;
  Effect effect = Effect::order;
  Order order = Order::relaxed;
  Order failure_order = Order::relaxed;
};

const char* to_string(Kind kind);
const char* to_string(Order order);
std::string to_string(const Where& where);
std::string to_string(const Site& site);
std::string to_string(const Mutation& mutation);

}  // namespace weft::model
