#pragma once
// threads: measures what plain threads play. How many there are belongs to the workload; the argument `workers` is only printed.

#include <thread>
#include <vector>

#include "primitives/problem.h"

namespace bench {

// Play: long(long size).
template <class Play>
int run_threads(const char* name, int argc, char** argv, const Problem& problem, Play play) {
  const Arguments arguments = problem.read(argc, argv);
  Measurement measurement(name, arguments);
  const long small = Problem::warm_up_size(arguments.size);
  measurement.check(play(small), problem.expected(small));
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = play(arguments.size);
    measurement.stop();
    measurement.check(answer, problem.expected(arguments.size));
  }
  return report_with_each(measurement, arguments);
}

// body(i) on a thread each, for i from 0 to count - 1.
template <class Body>
std::vector<std::jthread> start_threads(int count, const Body& body) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
  return threads;
}

}  // namespace bench
