#pragma once
// quarantine: while one is there, memory that is given back stays as it is, and goes when the quarantine does. A thread of an execution that
// comes too late finds the object that was destroyed, and the checker says so, instead of another one in its place.
//
//   threads   one: the explorer's. Not nested.
//   bounds    memory from operator new without an alignment of its own.

namespace weft::model {

class Quarantine {
 public:
  Quarantine() noexcept;
  Quarantine(const Quarantine&) = delete;
  Quarantine& operator=(const Quarantine&) = delete;
  ~Quarantine();
};

}  // namespace weft::model
