#pragma once
// tasks: measures what weft plays; the work is started by a task, which runs on a worker.

#include "primitives/problem.h"
#include "weft/weft.h"

namespace bench {

template <class Play>
weft::Coro<void> measure_tasks(const Problem& problem, const Arguments& arguments, Measurement& measurement,
                               Play play) {
  const long small = Problem::warm_up_size(arguments.size);
  const long warm_up = co_await play(small);
  measurement.check(warm_up, problem.expected(small));
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = co_await play(arguments.size);
    measurement.stop();
    measurement.check(answer, problem.expected(arguments.size));
  }
}

// Play: weft::Coro<long>(long size).
template <class Play>
int run_tasks(const char* name, int argc, char** argv, const Problem& problem, Play play) {
  const Arguments arguments = problem.read(argc, argv);
  Measurement measurement(name, arguments);
  weft::run(measure_tasks(problem, arguments, measurement, play),
            {.workers = arguments.workers, .order = weft::Order::depth_first});
  return report_with_each(measurement, arguments);
}

}  // namespace bench
