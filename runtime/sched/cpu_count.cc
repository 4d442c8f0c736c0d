#include "weft/runtime/sched/cpu_count.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "weft/runtime/base/errors.h"

namespace weft {
namespace {

constexpr long kMostWorkers = 1024;

unsigned cpus_of_affinity() {
  for (int cpus = 1024; cpus <= 1 << 20; cpus *= 2) {
    cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(cpus));
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(cpus));
    const int failed = sched_getaffinity(0, bytes, set);
    const int count = failed == 0 ? CPU_COUNT_S(bytes, set) : 0;
    const int error = errno;
    CPU_FREE(set);
    if (failed == 0) return static_cast<unsigned>(std::max(1, count));
    if (error != EINVAL) break;
  }
  return 1;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

unsigned smaller_quota(unsigned a, unsigned b) { return a == 0 ? b : b == 0 ? a : std::min(a, b); }

unsigned cpus_of_cgroup() {
  unsigned least = 0;
  std::ifstream groups("/proc/self/cgroup");
  std::string line;
  while (std::getline(groups, line)) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    if (controllers.empty()) {
      for (;;) {  // a quota of any ancestor binds too
        least = smaller_quota(least, cpus_of_cpu_max(text_of("/sys/fs/cgroup" + path + "/cpu.max")));
        const std::size_t slash = path.rfind('/');
        if (slash == std::string::npos || path == "/") break;
        path.resize(slash);
      }
    } else if (controllers.find("cpu") != std::string::npos && controllers.find("cpuset") == std::string::npos) {
      const std::string base = "/sys/fs/cgroup/cpu" + path;
      const std::string quota = text_of(base + "/cpu.cfs_quota_us");
      const std::string period = text_of(base + "/cpu.cfs_period_us");
      if (!quota.empty()) least = smaller_quota(least, cpus_of_cpu_max(quota + " " + period));
    }
  }
  return least;
}

}  // namespace

unsigned cpus_of_cpu_max(std::string_view text) noexcept {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return 0;
  const std::string_view quota_text = text.substr(0, space);
  std::string_view period_text = text.substr(space + 1);
  while (!period_text.empty() && (period_text.back() == '\n' || period_text.back() == ' '))
    period_text.remove_suffix(1);
  long quota = 0;
  long period = 0;
  if (std::from_chars(quota_text.data(), quota_text.data() + quota_text.size(), quota).ec != std::errc()) return 0;
  if (std::from_chars(period_text.data(), period_text.data() + period_text.size(), period).ec != std::errc()) return 0;
  if (quota <= 0 || period <= 0) return 0;
  const long cores = quota / period + (quota % period != 0 ? 1 : 0);
  return static_cast<unsigned>(std::min(cores, static_cast<long>(UINT_MAX)));
}

unsigned usable_cpus() { return std::max(1U, smaller_quota(cpus_of_affinity(), cpus_of_cgroup())); }

unsigned worker_count(long asked, const char* environment) {
  const char* source = "RunOptions.workers";
  if (asked == 0 && environment != nullptr && *environment != '\0') {
    source = "the environment variable WEFT_WORKERS";
    const std::string_view text = environment;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), asked);
    if (error != std::errc() || end != text.data() + text.size()) {
      throw ValueError(std::string(source) + " is \"" + environment + "\"; it must be a whole number from 0 to 1024");
    }
  }
  if (asked < 0 || asked > kMostWorkers) {
    throw ValueError(std::string(source) + " is " + std::to_string(asked) +
                     "; it must be a whole number from 1 to 1024, or 0 for the cores that this process may use");
  }
  return asked == 0 ? usable_cpus() : static_cast<unsigned>(asked);
}

}  // namespace weft
