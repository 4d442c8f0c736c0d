// Comparison: two weft::Queue<long>(1).
#include "primitives/ping_pong/problem.h"
#include "primitives/tasks.h"
#include "weft/primitives/queue.h"

namespace {

struct Table {
  weft::Queue<long> there{ping_pong::capacity};
  weft::Queue<long> back{ping_pong::capacity};
};

weft::Coro<void> echo(Table& table, long times) {
  for (long i = 0; i < times; ++i) {
    const long value = co_await table.there.get();
    co_await table.back.put(value);
  }
}

weft::Coro<long> play(long size) {
  Table table;
  const weft::Task<void> echoing = weft::create_task(echo(table, size));
  long sum = 0;
  for (long i = 0; i < size; ++i) {
    co_await table.there.put(i);
    sum += co_await table.back.get();
  }
  co_await echoing;
  co_return sum;
}

}  // namespace

int main(int argc, char** argv) { return bench::run_tasks("ping_pong_weft", argc, argv, ping_pong::problem, play); }
