#pragma once
// cpu_count: how many cores this process may use: its affinity mask, cut down to its cgroup's CPU quota (v2 and v1).

#include <string_view>

namespace weft {

// At least 1.
unsigned usable_cpus();

// The quota, in whole cores rounded up, that a cgroup v2 `cpu.max` text grants; 0 when it sets none or cannot be read.
unsigned cpus_of_cpu_max(std::string_view text) noexcept;

// What WEFT_WORKERS or RunOptions.workers asks for; throws ValueError for anything but 1..1024. 0: usable_cpus().
unsigned worker_count(long asked, const char* environment);

}  // namespace weft
