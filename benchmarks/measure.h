#pragma once
// measure: what the benchmark programs share: their arguments, their clocks, their one line of output.
//
//   arguments  workers [size [repetitions]]
//   output     name workers seconds peak_rss_kib answer ok|wrong key=value...
//              seconds is the median of the repetitions; benchmarks/lib/programs.py reads the line.
//   exit       0 right answer, 1 wrong answer, 2 arguments that make no sense
//   memory     peak RSS is VmHWM: ru_maxrss outlives exec, so it would count whoever started the program.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

struct Arguments {
  int workers = 2;
  long size = 0;
  int repetitions = 1;
};

inline long read_number(std::string_view what, std::string_view text, long least, long most) {
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
    std::fprintf(stderr, "%.*s is \"%.*s\"; give a whole number from %ld to %ld\n", static_cast<int>(what.size()),
                 what.data(), static_cast<int>(text.size()), text.data(), least, most);
    std::exit(2);
  }
  return value;
}

inline Arguments read_arguments(int argc, char** argv, Arguments defaults, long least_size, long most_size) {
  if (argc < 2 || argc > 4) {
    std::fprintf(stderr, "usage: %s workers [size, default %ld [repetitions, default %d]]\n", argv[0], defaults.size,
                 defaults.repetitions);
    std::exit(2);
  }
  defaults.workers = static_cast<int>(read_number("workers", argv[1], 1, 4096));
  if (argc > 2) defaults.size = read_number("size", argv[2], least_size, most_size);
  if (argc > 3) defaults.repetitions = static_cast<int>(read_number("repetitions", argv[3], 1, 1000));
  return defaults;
}

inline double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// User and system time of all threads of the process.
inline double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// A line "VmHWM:  1234 kB" of /proc/self/status; `field` includes the colon.
inline long status_kib(const char* field) {
  long kib = 0;
  if (std::FILE* status = std::fopen("/proc/self/status", "r")) {
    char line[256];
    while (std::fgets(line, sizeof line, status) != nullptr) {
      if (std::strncmp(line, field, std::strlen(field)) == 0) kib = std::strtol(line + std::strlen(field), nullptr, 10);
    }
    std::fclose(status);
  }
  return kib;
}

inline long resident_bytes() { return status_kib("VmRSS:") * 1024; }

template <class T>
T median(std::vector<T> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The repetitions of one program. start() and stop() may run on different threads.
class Measurement {
 public:
  Measurement(std::string name, Arguments arguments) : name_(std::move(name)), arguments_(arguments) {}

  void start() {
    cpu_begin_ = cpu_seconds();
    wall_begin_ = wall_seconds();
  }

  void stop() {
    wall_.push_back(wall_seconds() - wall_begin_);
    cpu_.push_back(cpu_seconds() - cpu_begin_);
  }

  double last_seconds() const { return wall_.back(); }
  double seconds() const { return median(wall_); }

  // Checked after every repetition; the first wrong answer is the one reported.
  void check(long answer, long expected) {
    if (wrong_) return;
    answer_ = answer;
    expected_ = expected;
    wrong_ = answer != expected;
  }

  void add(std::string_view key, double value) {
    char text[64];
    std::snprintf(text, sizeof text, "=%.6g", value);
    extras_.append(" ").append(key).append(text);
  }

  [[nodiscard]] int report() const {
    std::printf("%s %d %.6f %ld %ld %s cpu_seconds=%.6f%s\n", name_.c_str(), arguments_.workers, seconds(),
                status_kib("VmHWM:"), answer_, wrong_ ? "wrong" : "ok", median(cpu_), extras_.c_str());
    if (!wrong_) return 0;
    std::fprintf(stderr, "%s: the answer for size %ld with %d workers is %ld, expected %ld\n", name_.c_str(),
                 arguments_.size, arguments_.workers, answer_, expected_);
    return 1;
  }

 private:
  std::string name_;
  Arguments arguments_;
  std::vector<double> wall_;
  std::vector<double> cpu_;
  std::string extras_;
  double wall_begin_ = 0;
  double cpu_begin_ = 0;
  long answer_ = 0;
  long expected_ = 0;
  bool wrong_ = false;
};

}  // namespace bench
