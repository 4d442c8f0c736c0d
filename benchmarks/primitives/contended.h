#pragma once
// contended: 64 tasks that each take a lock or a semaphore `size` times. While a task has it, it lets the others run once, or it does not
// (the programs called bare).

#include <vector>

#include "primitives/tasks.h"

namespace contended {

inline constexpr int task_count = 64;
inline constexpr int permits = 2;  // of a semaphore
inline constexpr bench::Problem problem{
    .defaults = {.size = 20'000},
    .most_size = 10'000'000,
    .expected = [](long size) { return task_count * size; },
};

enum class Inside { yields, bare };
// What counts without an atomic operation: one number under a lock, else one for each task.
enum class Count { shared, each };

struct alignas(64) Number {
  long value = 0;
};

template <Inside inside, class Primitive>
weft::Coro<void> take_turns(Primitive& primitive, Number& count, long times) {
  for (long i = 0; i < times; ++i) {
    co_await primitive.acquire();
    if constexpr (inside == Inside::yields) co_await weft::sleep(std::chrono::seconds(0));
    ++count.value;
    primitive.release();
  }
}

template <Inside inside, class Primitive>
weft::Coro<long> play(Primitive& primitive, Count count, long times) {
  std::vector<Number> numbers(count == Count::shared ? 1 : task_count);
  std::vector<weft::Task<void>> tasks;
  for (std::size_t i = 0; i < task_count; ++i) {
    tasks.push_back(weft::create_task(take_turns<inside>(primitive, numbers[i % numbers.size()], times)));
  }
  for (const weft::Task<void>& task : tasks) co_await task;
  long turns = 0;
  for (const Number& number : numbers) turns += number.value;
  co_return turns;
}

}  // namespace contended
