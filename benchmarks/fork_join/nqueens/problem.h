#pragma once
// nqueens: in how many ways `size` queens stand on a board without attacking each other.
// Each node copies the board once per legal column of its row and has one child for each: joins of uneven width.

#include <array>

#include "measure.h"

namespace nqueens {

// The column of the queen in each row.
template <std::size_t N>
using Board = std::array<char, N>;

template <std::size_t N>
bool is_legal(const Board<N>& board, int rows, int column) {
  for (int row = 0; row < rows; ++row) {
    const int other = board[static_cast<std::size_t>(row)];
    if (column == other || column == other - (rows - row) || column == other + (rows - row)) return false;
  }
  return true;
}

// The board with a queen more; `rows` are taken.
template <std::size_t N>
Board<N> placed(Board<N> board, int rows, int column) {
  board[static_cast<std::size_t>(rows)] = static_cast<char>(column);
  return board;
}

inline bench::Arguments read_arguments(int argc, char** argv) {
  return bench::read_arguments(argc, argv, {.size = 14}, 8, 14);
}

inline long warm_up_size(long size) { return size > 10 ? size - 2 : size; }

inline long expected(long size) {
  constexpr std::array<long, 7> answers{92, 352, 724, 2'680, 14'200, 73'712, 365'596};
  return answers.at(static_cast<std::size_t>(size - 8));
}

// The board's size is a constant in the code that is measured: calls `program.operator()<size>()`.
template <class Program>
auto with_size(long size, Program program) {
  switch (size) {
    case 8:
      return program.template operator()<8>();
    case 9:
      return program.template operator()<9>();
    case 10:
      return program.template operator()<10>();
    case 11:
      return program.template operator()<11>();
    case 12:
      return program.template operator()<12>();
    case 13:
      return program.template operator()<13>();
    default:
      return program.template operator()<14>();
  }
}

}  // namespace nqueens
