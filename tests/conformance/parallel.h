#pragma once
// parallel: what the tests share that hold whether tasks run in turns or in parallel.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <ostream>
#include <string>
#include <utility>

#include "weft/weft.h"

namespace weft::conformance {
using namespace std::chrono_literals;

struct Setting {
  const char* name;
  int workers;
  Order order;
};
inline void PrintTo(const Setting& setting, std::ostream* out) { *out << setting.name; }

class Parallel : public testing::TestWithParam<Setting> {
 protected:
  void run_here(Coro<void> main) {
    VirtualClock clock;
    run(std::move(main), {.workers = GetParam().workers, .order = GetParam().order, .clock = &clock});
  }
};

inline const auto every_setting =
    testing::Values(Setting{"asyncio_1", 1, Order::asyncio}, Setting{"depth_first_1", 1, Order::depth_first},
                    Setting{"depth_first_2", 2, Order::depth_first}, Setting{"depth_first_8", 8, Order::depth_first});

inline std::string setting_name(const testing::TestParamInfo<Setting>& setting) { return setting.param.name; }

using Counter = std::atomic<int>;

inline Coro<int> after(int delay_ms, int value) {
  co_await sleep(std::chrono::milliseconds(delay_ms));
  co_return value;
}

inline Coro<int> after_yields(int yields, int value) {
  for (int done = 0; done < yields; ++done) co_await sleep(0s);
  co_return value;
}

inline Coro<void> count_after(int delay_ms, Counter& count) {
  co_await sleep(std::chrono::milliseconds(delay_ms));
  ++count;
}

inline Coro<void> fail_after(int delay_ms, const char* text) {
  co_await sleep(std::chrono::milliseconds(delay_ms));
  throw ValueError(text);
}

}  // namespace weft::conformance
