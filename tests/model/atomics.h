#pragma once
// atomics: the policy that puts the model in place of the machine, in the shape of the shipping StdAtomics.
//
//   Atomic<T>   std::atomic's operations; each is a step of the model. T: trivially copyable, at most 8 bytes.
//   Plain<T>    a cell that is not atomic: get() and set() are checked for data races.
//   park        a futex wait on a 32-bit word; unpark wakes one sleeper.
//   example     tests/model/checker_test.cc

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "model/execution.h"

namespace weft::model {

template <class T>
class Atomic {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint64_t),
                "model::Atomic holds trivially copyable types of at most 8 bytes");

 public:
  using value_type = T;

  Atomic() : Atomic(T{}) {}
  Atomic(T value) : location_(Execution::current().create(encode(value))) {}
  ~Atomic() { Execution::current().destroy(location_); }
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(Order order = Order::seq_cst, Where where = Where::current()) const {
    return decode(Execution::current().load(location_, order, where));
  }
  void store(T value, Order order = Order::seq_cst, Where where = Where::current()) {
    Execution::current().store(location_, encode(value), order, where);
  }
  T exchange(T value, Order order = Order::seq_cst, Where where = Where::current()) {
    return update(Kind::exchange, value, order, where, [](std::uint64_t, std::uint64_t operand) { return operand; });
  }
  T fetch_add(T operand, Order order = Order::seq_cst, Where where = Where::current()) {
    return update(Kind::fetch_add, operand, order, where, [](std::uint64_t current, std::uint64_t added) {
      return encode(static_cast<T>(decode(current) + decode(added)));
    });
  }
  T fetch_sub(T operand, Order order = Order::seq_cst, Where where = Where::current()) {
    return update(Kind::fetch_sub, operand, order, where, [](std::uint64_t current, std::uint64_t taken) {
      return encode(static_cast<T>(decode(current) - decode(taken)));
    });
  }
  T fetch_or(T operand, Order order = Order::seq_cst, Where where = Where::current()) {
    return update(Kind::fetch_or, operand, order, where,
                  [](std::uint64_t current, std::uint64_t bits) { return current | bits; });
  }
  T fetch_and(T operand, Order order = Order::seq_cst, Where where = Where::current()) {
    return update(Kind::fetch_and, operand, order, where,
                  [](std::uint64_t current, std::uint64_t bits) { return current & bits; });
  }

  bool compare_exchange_strong(T& expected, T desired, Order order, Order failure, Where where = Where::current()) {
    return compare_exchange(expected, desired, order, failure, false, where);
  }
  bool compare_exchange_strong(T& expected, T desired, Order order = Order::seq_cst, Where where = Where::current()) {
    return compare_exchange(expected, desired, order, failure_of(order), false, where);
  }
  bool compare_exchange_weak(T& expected, T desired, Order order, Order failure, Where where = Where::current()) {
    return compare_exchange(expected, desired, order, failure, true, where);
  }
  bool compare_exchange_weak(T& expected, T desired, Order order = Order::seq_cst, Where where = Where::current()) {
    return compare_exchange(expected, desired, order, failure_of(order), true, where);
  }

  LocationId location() const { return location_; }

 private:
  static std::uint64_t encode(T value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    return bits;
  }
  static T decode(std::uint64_t bits) {
    T value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  static constexpr Order failure_of(Order order) {
    if (order == Order::acq_rel) return Order::acquire;
    if (order == Order::release) return Order::relaxed;
    return order;
  }
  T update(Kind kind, T operand, Order order, Where where, Execution::Apply apply) {
    return decode(Execution::current().update(kind, location_, encode(operand), apply, order, where));
  }
  bool compare_exchange(T& expected, T desired, Order order, Order failure, bool weak, Where where) {
    std::uint64_t seen = encode(expected);
    const bool exchanged =
        Execution::current().compare_exchange(location_, seen, encode(desired), order, failure, weak, where);
    if (!exchanged) expected = decode(seen);
    return exchanged;
  }

  LocationId location_;
};

template <class T>
class Plain {
 public:
  Plain(T value = T{}, Where where = Where::current()) : value_(value), written_(where) {
    Execution::current().start_history(history_);
  }

  T get(Where where = Where::current()) const {
    Execution::current().plain_read(history_, written_, where);
    return value_;
  }
  void set(T value, Where where = Where::current()) {
    Execution::current().plain_write(history_, written_, where);
    value_ = value;
    written_ = where;
  }

 private:
  T value_;
  Where written_;
  mutable AccessHistory history_;
};

struct Atomics {
  template <class T>
  using Atomic = model::Atomic<T>;
  template <class T>
  using Plain = model::Plain<T>;

  static void light_barrier(Where where = Where::current()) { Execution::current().light_barrier(where); }
  static void heavy_barrier(Where where = Where::current()) { Execution::current().heavy_barrier(where); }
  static void pause(Where where = Where::current()) { Execution::current().pause(where); }
  static void yield(Where where = Where::current()) { pause(where); }
  static void park(Atomic<std::uint32_t>& word, std::uint32_t expected, Where where = Where::current()) {
    Execution::current().park(word.location(), expected, where);
  }
  static void unpark(Atomic<std::uint32_t>& word, Where where = Where::current()) {
    Execution::current().unpark(word.location(), where);
  }
};

}  // namespace weft::model
