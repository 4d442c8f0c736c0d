// Comparison: the search as a plain function that copies the board like the parallel ones.
#include "fork_join/nqueens/problem.h"

namespace {

template <std::size_t N>
long solutions(nqueens::Board<N> board, int rows) {
  if (rows == static_cast<int>(N)) return 1;
  long count = 0;
  for (int column = 0; column < static_cast<int>(N); ++column) {
    if (nqueens::is_legal(board, rows, column)) count += solutions(nqueens::placed(board, rows, column), rows + 1);
  }
  return count;
}

long solve(long size) {
  return nqueens::with_size(size, []<std::size_t N>() { return solutions(nqueens::Board<N>{}, 0); });
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = nqueens::read_arguments(argc, argv);
  bench::Measurement measurement("nqueens_serial", arguments);
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = solve(arguments.size);
    measurement.stop();
    measurement.check(answer, nqueens::expected(arguments.size));
  }
  return measurement.report();
}
