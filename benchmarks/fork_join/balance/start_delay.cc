// start_delay: as many equal, long, serial children as workers; when does each start?
//
//   idle  all other workers sleep when the children are forked: each child's start, counted from the fork.
//   late  the other workers are busy at the fork and end one after the other: each takes a child that was
//         there all the time, counted from the moment at which that worker had nothing else to do.
//
// A child holds its worker and never suspends. With more workers than cores it holds it by sleeping in the kernel,
// so that what is measured is the scheduler and not the time slices of the cores.
#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "measure.h"
#include "weft/weft.h"

namespace {

class Holder {
 public:
  explicit Holder(int workers) : spins_(static_cast<unsigned>(workers) <= std::thread::hardware_concurrency()) {}

  void hold_until(double end) const {
    while (bench::wall_seconds() < end) {
      if (!spins_) std::this_thread::sleep_for(std::chrono::duration<double>(end - bench::wall_seconds()));
    }
  }

 private:
  bool spins_;
};

struct Stage {
  explicit Stage(int workers) : holder(workers) {}
  Holder holder;
  std::atomic<int> busy{0};
  std::atomic<double> forked_at{0};
};

weft::Coro<double> child(const Stage& stage, double seconds) {
  const double started = bench::wall_seconds();
  stage.holder.hold_until(started + seconds);
  co_return started;
}

// The start of each child, earliest first.
weft::Coro<std::vector<double>> fork_children(Stage& stage, int count, double seconds) {
  std::vector<weft::Coro<double>> children;
  for (int i = 0; i < count; ++i) children.push_back(child(stage, seconds));
  stage.forked_at.store(bench::wall_seconds());
  std::vector<double> starts = co_await weft::fork_join(std::move(children));
  std::sort(starts.begin(), starts.end());
  co_return starts;
}

// Keeps its worker until `seconds` after the fork; gives the time at which it let go.
weft::Coro<double> keep_busy(Stage& stage, double seconds) {
  stage.busy.fetch_add(1);
  while (stage.forked_at.load() == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
  stage.holder.hold_until(stage.forked_at.load() + seconds);
  co_return bench::wall_seconds();
}

std::vector<double> delays(const std::vector<double>& starts, const std::vector<double>& idle_since) {
  std::vector<double> result;
  for (std::size_t i = 0; i < starts.size(); ++i) result.push_back((starts[i] - idle_since[i]) * 1e6);
  return result;
}

weft::Coro<std::vector<double>> idle_workers(int workers, double seconds) {
  Stage stage(workers);
  co_await weft::sleep(std::chrono::milliseconds(20));
  const std::vector<double> starts = co_await fork_children(stage, workers, seconds);
  co_return delays(starts, std::vector<double>(starts.size(), stage.forked_at.load()));
}

weft::Coro<std::vector<double>> late_workers(int workers, double seconds) {
  Stage stage(workers);
  std::vector<weft::Task<double>> busy;
  // All of them end before the first child does, so that every child finds a worker of its own.
  const double step = seconds / (2 * workers);
  for (int i = 1; i < workers; ++i) busy.push_back(weft::create_task(keep_busy(stage, i * step)));
  const double give_up = bench::wall_seconds() + 10;
  while (stage.busy.load() < workers - 1) {
    co_await weft::sleep(std::chrono::milliseconds(1));
    if (bench::wall_seconds() > give_up) {
      std::fprintf(stderr, "start_delay: after 10 s only %d of %d workers had taken a task that was ready\n",
                   stage.busy.load(), workers - 1);
      std::exit(1);
    }
  }
  const std::vector<double> starts = co_await fork_children(stage, workers, seconds);
  std::vector<double> idle_since{stage.forked_at.load()};
  for (const weft::Task<double>& task : busy) idle_since.push_back(co_await task);
  std::sort(idle_since.begin(), idle_since.end());
  co_return delays(starts, idle_since);
}

void add_figures(bench::Measurement& measurement, const std::string& name,
                 const std::vector<std::vector<double>>& all) {
  std::vector<double> worst;
  for (const std::vector<double>& repetition : all) {
    std::printf("# %s, us:", name.c_str());
    for (const double delay : repetition) std::printf(" %.0f", delay);
    std::printf("\n");
    worst.push_back(*std::max_element(repetition.begin(), repetition.end()));
  }
  measurement.add(name + "_us", bench::median(worst));
  measurement.add(name + "_worst_us", *std::max_element(worst.begin(), worst.end()));
}

weft::Coro<void> main_coro(const bench::Arguments& arguments, bench::Measurement& measurement) {
  const double seconds = static_cast<double>(arguments.size) * 1e-3;
  std::vector<std::vector<double>> idle;
  std::vector<std::vector<double>> late;
  co_await idle_workers(arguments.workers, 0.001);
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    idle.push_back(co_await idle_workers(arguments.workers, seconds));
    late.push_back(co_await late_workers(arguments.workers, seconds));
    measurement.stop();
    measurement.check(static_cast<long>(idle.back().size() + late.back().size()), 2 * arguments.workers);
  }
  add_figures(measurement, "idle", idle);
  add_figures(measurement, "late", late);
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = bench::read_arguments(argc, argv, {.size = 100, .repetitions = 5}, 1, 10'000);
  bench::Measurement measurement("start_delay", arguments);
  weft::run(main_coro(arguments, measurement), {.workers = arguments.workers, .order = weft::Order::depth_first});
  return measurement.report();
}
