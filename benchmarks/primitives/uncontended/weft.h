#pragma once
// weft: a primitive of weft that one task acquires and releases.

#include "primitives/tasks.h"
#include "primitives/uncontended/problem.h"

namespace uncontended {

template <class Primitive>
weft::Coro<long> play(long size) {
  Primitive primitive;
  long count = 0;
  for (long i = 0; i < size; ++i) {
    co_await primitive.acquire();
    count_in_memory(count);
    primitive.release();
  }
  co_return count;
}

template <class Primitive>
int run(const char* name, int argc, char** argv) {
  return bench::run_tasks(name, argc, argv, problem, play<Primitive>);
}

}  // namespace uncontended
