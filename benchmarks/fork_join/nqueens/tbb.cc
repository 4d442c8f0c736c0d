// Comparison: oneTBB's task_group. The caller runs the last child itself: the quickest way to use it.
#include <tbb/global_control.h>
#include <tbb/task_group.h>

#include "fork_join/nqueens/problem.h"

namespace {

template <std::size_t N>
long solutions(nqueens::Board<N> board, int rows) {
  if (rows == static_cast<int>(N)) return 1;
  std::array<int, N> columns;
  std::size_t children = 0;
  for (int column = 0; column < static_cast<int>(N); ++column) {
    if (nqueens::is_legal(board, rows, column)) columns[children++] = column;
  }
  if (children == 0) return 0;

  std::array<long, N> counts;
  tbb::task_group group;
  for (std::size_t i = 0; i + 1 < children; ++i) {
    group.run([&count = counts[i], next = nqueens::placed(board, rows, columns[i]), rows] {
      count = solutions(next, rows + 1);
    });
  }
  counts[children - 1] = solutions(nqueens::placed(board, rows, columns[children - 1]), rows + 1);
  group.wait();

  long count = 0;
  for (std::size_t i = 0; i < children; ++i) count += counts[i];
  return count;
}

long solve(long size) {
  return nqueens::with_size(size, []<std::size_t N>() { return solutions(nqueens::Board<N>{}, 0); });
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = nqueens::read_arguments(argc, argv);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(arguments.workers));
  bench::Measurement measurement("nqueens_tbb", arguments);
  const long size = nqueens::warm_up_size(arguments.size);
  measurement.check(solve(size), nqueens::expected(size));
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = solve(arguments.size);
    measurement.stop();
    measurement.check(answer, nqueens::expected(arguments.size));
  }
  return measurement.report();
}
