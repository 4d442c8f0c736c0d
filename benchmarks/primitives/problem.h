#pragma once
// problem: what the rivals of one workload share, and how each of them is measured.
//
//   play   does the work of one size and gives its answer: a coroutine for weft (tasks.h), a function for threads (threads.h).
//   runs   a tenth of the size first, which pays for the pages and is checked like the rest.

#include <algorithm>

#include "measure.h"

namespace bench {

struct Problem {
  Arguments defaults;
  long most_size;
  long (*expected)(long size);

  Arguments read(int argc, char** argv) const { return read_arguments(argc, argv, defaults, 1, most_size); }
  static long warm_up_size(long size) { return std::max(1L, size / 10); }
};

// The i-th of so many parts of 0..size - 1, which need not be equal.
struct Part {
  long begin;
  long end;
  Part(long size, int parts, int i) : begin(size * i / parts), end(size * (i + 1) / parts) {}
  long count() const { return end - begin; }
};

inline int report_with_each(Measurement& measurement, const Arguments& arguments) {
  measurement.add("each_ns", measurement.seconds() / static_cast<double>(arguments.size) * 1e9);
  return measurement.report();
}

}  // namespace bench
