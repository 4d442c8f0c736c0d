// Comparison: weft's fork_join over a range of children whose number is known only at run time.
#include <span>

#include "fork_join/nqueens/problem.h"
#include "weft/weft.h"

namespace {

template <std::size_t N>
weft::Coro<long> solutions(nqueens::Board<N> board, int rows) {
  if (rows == static_cast<int>(N)) co_return 1;
  std::array<weft::Coro<long>, N> storage;
  std::size_t used = 0;
  for (int column = 0; column < static_cast<int>(N); ++column) {
    if (nqueens::is_legal(board, rows, column)) {
      storage[used++] = solutions(nqueens::placed(board, rows, column), rows + 1);
    }
  }
  long count = 0;
  for (const long part : co_await weft::fork_join(std::span(storage).first(used))) count += part;
  co_return count;
}

weft::Coro<long> solve(long size) {
  return nqueens::with_size(size, []<std::size_t N>() { return solutions(nqueens::Board<N>{}, 0); });
}

weft::Coro<void> main_coro(const bench::Arguments& arguments, bench::Measurement& measurement) {
  const long size = nqueens::warm_up_size(arguments.size);
  const long warm_up = co_await solve(size);
  measurement.check(warm_up, nqueens::expected(size));
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = co_await solve(arguments.size);
    measurement.stop();
    measurement.check(answer, nqueens::expected(arguments.size));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = nqueens::read_arguments(argc, argv);
  bench::Measurement measurement("nqueens_weft", arguments);
  weft::run(main_coro(arguments, measurement), {.workers = arguments.workers, .order = weft::Order::depth_first});
  return measurement.report();
}
