#pragma once
// execution: one run of a model: the body sets up shared state and threads, the scheduler runs them step by step.
//
//   body      constructs the shared state, calls thread() for each thread, then finally() once. The threads run inside
//             finally(); its function sees everything they did. An execution that fails or repeats an earlier one ends
//             early: finally() then returns without calling the function.
//   step      every atomic operation and every barrier; what is between two of them runs with the first. Plain cells
//             are no steps: a race on them is found from the order of the steps alone.
//   threads   bodies hold no owners among their locals (an abandoned thread's stack is not unwound).

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/fiber.h"
#include "model/memory.h"
#include "model/options.h"
#include "model/trail.h"

namespace weft::model {

enum class Outcome : std::uint8_t { none, exchanged, different, spurious, sleeps, returns, woke };

struct Step {
  ThreadId thread = 0;
  Operation operation;
  Outcome outcome = Outcome::none;
  std::uint64_t read = 0;
  std::uint64_t written = 0;
  std::size_t behind = 0;  // how many newer messages the read passed over
  ThreadId other = 0;
  std::size_t note = 0;
};

class Execution {
 public:
  using Apply = std::uint64_t (*)(std::uint64_t current, std::uint64_t operand);

  explicit Execution(Options options);
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  // For bodies.
  void thread(std::string name, std::function<void()> body);
  void finally(const std::function<void()>& check = {});
  // Threads that are all parked or finished are no deadlock then: the function looks at the state, finally's is not run.
  void when_all_sleep(std::function<void()> check) { when_all_sleep_ = std::move(check); }
  template <class Cell>
  void name(const Cell& cell, std::string_view text) {
    set_name(cell.location(), text);
  }

  // For model::Atomics.
  static Execution& current();
  LocationId create(std::uint64_t value);
  void destroy(LocationId location);
  std::uint64_t load(LocationId location, Order order, Where where);
  void store(LocationId location, std::uint64_t value, Order order, Where where);
  std::uint64_t update(Kind kind, LocationId location, std::uint64_t operand, Apply apply, Order order, Where where);
  bool compare_exchange(LocationId location, std::uint64_t& expected, std::uint64_t desired, Order order,
                        Order failure_order, bool weak, Where where);
  void light_barrier(Where where);
  void heavy_barrier(Where where);
  void park(LocationId location, std::uint64_t expected, Where where);
  void unpark(LocationId location, Where where);
  void pause(Where where);
  void plain_read(AccessHistory& history, const Where& last_write, Where where);
  void plain_write(AccessHistory& history, const Where& last_write, Where where);
  void start_history(AccessHistory& history);

  // From anywhere: records the first failure; called by a model thread it does not return.
  void fail(std::string sentence);
  void note(std::string text);

  // For explore().
  void reset();
  bool next() { return trail_.advance(); }
  bool failed() const { return failed_; }
  bool pruned() const { return pruned_; }
  bool cut() const { return cut_; }
  bool bounded() const { return bounded_; }
  bool ran() const { return ran_; }
  std::size_t steps() const { return steps_; }
  std::string failure_report() const;
  const std::vector<Site>& sites() const { return sites_; }

 private:
  enum class State : std::uint8_t { unused, ready, parked, finished };

  struct Thread {
    std::string name;
    std::function<void()> body;
    Fiber fiber;
    State state = State::unused;
    bool paused = false;
    Operation pending;
    LocationId parked_on = kNoLocation;
    int spurious_failures = 0;
    int spurious_wakes = 0;
  };

  static void enter(void* execution);
  void run_threads();
  void switch_to(ThreadId thread);
  bool decide();
  ThreadMask enabled();
  bool wake_a_lonely_spinner(ThreadMask unfinished);
  void stuck(ThreadMask unfinished);
  void announce(Operation& operation);
  bool mutate(Operation& operation);
  bool mutated(const Operation& operation) const;
  bool blind(const Operation& operation) const;
  void collect(const Operation& operation);
  void finish_step(Step step);
  void touch(const Operation& operation);
  std::size_t choose(std::size_t count) { return running_ == 0 || count == 1 ? 0 : trail_.choose(count); }
  void set_name(LocationId location, std::string_view text);
  std::string describe(const Step& step) const;
  std::string location_name(LocationId location) const;
  std::string thread_name(ThreadId thread) const;

  Options options_;
  Trail trail_;
  Memory memory_;
  std::array<Thread, kMaxThreads> threads_;
  std::size_t thread_count_ = 1;
  std::function<void()> when_all_sleep_;
  std::vector<Step> trace_;
  std::vector<std::string> notes_;
  std::vector<std::string> names_;
  std::vector<Site> sites_;
  std::string failure_;
  ThreadId running_ = 0;
  ThreadId last_ = 0;
  ThreadId woken_ = 0;
  ThreadMask asleep_ = 0;
  int preemptions_ = 0;
  int lonely_turns_ = 0;
  std::size_t steps_ = 0;
  bool failed_ = false;
  bool pruned_ = false;
  bool cut_ = false;
  bool bounded_ = false;
  bool ran_ = false;
  bool over_ = false;
};

}  // namespace weft::model
