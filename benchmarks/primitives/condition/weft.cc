// Comparison: weft::Condition.
#include "primitives/condition/problem.h"
#include "primitives/tasks.h"
#include "weft/primitives/condition.h"

namespace {

struct Table {
  weft::Condition condition;
  int turn = 0;
  long moves = 0;
};

weft::Coro<void> take_turns(Table& table, int me, long times) {
  const auto my_turn = [&table, me] { return table.turn == me; };
  const auto held = co_await table.condition.scoped();
  for (long i = 0; i < times; ++i) {
    co_await table.condition.wait_for(my_turn);
    ++table.moves;
    table.turn = 1 - me;
    table.condition.notify();
  }
}

weft::Coro<long> play(long size) {
  Table table;
  const weft::Task<void> first = weft::create_task(take_turns(table, 0, size));
  const weft::Task<void> second = weft::create_task(take_turns(table, 1, size));
  co_await first;
  co_await second;
  co_return table.moves;
}

}  // namespace

int main(int argc, char** argv) { return bench::run_tasks("condition_weft", argc, argv, condition::problem, play); }
