#pragma once
// run_options: how a loop is set up.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "weft/runtime/base/clock.h"

namespace weft {

enum class Order {
  automatic,   // asyncio when one worker was asked for (here or by WEFT_WORKERS=1), else depth_first
  asyncio,     // one worker that interleaves exactly as CPython does
  depth_first  // tasks run in parallel and are stolen; children of a join run depth first
};

struct RunOptions {
  // 0: WEFT_WORKERS if that is set, else the cores that this process may use (affinity mask and cgroup quota).
  int workers = 0;
  Order order = Order::automatic;
  // Debug mode, as EventLoop::set_debug. Nothing: whether WEFT_DEBUG is set, and not to 0.
  std::optional<bool> debug = {};
  // Null: CLOCK_MONOTONIC. A VirtualClock makes sleeps take no time. Must outlive the loop.
  Clock* clock = nullptr;
  // Where chance enters (which victim a thief asks first).
  std::uint64_t seed = 0;
  // Worker threads are called "<name>-<index>", cut to 15 characters; the calling thread, which is worker 0, keeps its name.
  std::string thread_name = "weft";
  // Pins worker i to the i-th core of the process's affinity mask.
  bool pin_threads = false;
  // Called in each worker thread with the worker's index: when the thread starts (for worker 0: at each run) and when it ends. A start hook
  // that throws makes run() throw RuntimeError.
  std::function<void(int)> on_thread_start = {};
  std::function<void(int)> on_thread_stop = {};
};

}  // namespace weft
