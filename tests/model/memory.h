#pragma once
// memory: C++11 memory as an operational model: what each thread may read, and what it learns by reading it.
//
//   store     appends a message to the location's modification order; a release store puts the thread's view into it.
//   load      may read any message that the thread's view allows; an acquire load joins the message's view.
//   update    (read-modify-write) reads the newest message and appends; it continues the release sequence it reads from.
//   seq_cst   an access of a location reads nothing older than what earlier seq_cst accesses of it read or wrote;
//             full barriers (Machine::x86_64) join one global view besides.
//   barriers  a heavy barrier meets another thread at that thread's last and next light barrier: what was stored before
//             the last one is seen by the caller, what the caller had seen is seen after the next one.
//             They make no happens-before: plain cells must be ordered by the atomics, as a race detector sees it.
//   left out  stores that take a place before the end of the modification order (2+2W of relaxed stores), and loads
//             that read a later store (load buffering): no x86-64 or compiler-visible use of ours depends on them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/operation.h"
#include "model/options.h"
#include "model/view.h"

namespace weft::model {

class Memory {
 public:
  void reset(const Options& options);
  void start_thread(ThreadId thread, ThreadId parent);
  void join_thread(ThreadId thread, ThreadId child);

  std::size_t locations() const { return count_; }
  LocationId create(ThreadId thread, std::uint64_t value);
  AccessHistory::Conflict destroy(ThreadId thread, LocationId location);
  bool alive(LocationId location) const { return locations_[location].alive; }
  // False: the thread's access is not ordered with the construction of the location.
  bool touch(ThreadId thread, LocationId location);

  // How many messages the thread may read there: pick 0 is the newest, the last pick the oldest.
  std::size_t readable(ThreadId thread, LocationId location, Order order) const;
  // The message that the thread read or stored last, for a mutation that looks at nothing new.
  std::size_t pick_of_last_use(ThreadId thread, LocationId location) const;
  std::uint64_t value(LocationId location, std::size_t pick) const;
  void read(ThreadId thread, LocationId location, std::size_t pick, Order order);
  void append(ThreadId thread, LocationId location, std::uint64_t value, Order order, bool update);
  std::uint64_t newest(LocationId location) const { return value(location, 0); }

  void before_full_barrier(ThreadId thread);
  void after_full_barrier(ThreadId thread);
  void light_barrier(ThreadId thread);
  void meet(const View& caller_before, View& collected, ThreadId other);

  // A pause ends when a location that the thread used since its pause before has a newer message than it saw there.
  void pause(ThreadId thread) { threads_[thread].spin_ended = true; }
  bool has_news(ThreadId thread) const;
  // The next read of each location used in the turn that the pause ended sees the newest message.
  void resume_spin(ThreadId thread);

  View& view(ThreadId thread) { return threads_[thread].view; }
  const Clock& clock(ThreadId thread) const { return threads_[thread].view.clock; }
  void tick(ThreadId thread) { threads_[thread].view.clock.tick(thread); }

 private:
  struct Message {
    std::uint64_t value;
    bool released;
    View view;  // of the release stores that a reader synchronizes with
  };
  struct Location {
    std::vector<Message> messages;
    AccessHistory lifetime;
    Time seq_cst_time = 0;
    bool alive = false;
  };
  struct ThreadMemory {
    View view;
    View at_light_barrier;  // what a heavy barrier elsewhere takes from this thread
    View offered;           // what heavy barriers elsewhere gave; taken at the next light barrier
    std::array<std::uint8_t, kMaxLocations> stale_reads{};
    std::array<Time, kMaxLocations> last_times{};
    std::array<Time, kMaxLocations> spin_times{};
    std::array<bool, kMaxLocations> in_spin{};
    std::array<bool, kMaxLocations> fresh{};
    bool spin_ended = false;
  };

  Time newest_time(LocationId location) const { return static_cast<Time>(locations_[location].messages.size() - 1); }
  void used(ThreadMemory& memory, LocationId location, Time time);

  Options options_;
  std::vector<Location> locations_;
  std::size_t count_ = 0;
  std::array<ThreadMemory, kMaxThreads> threads_;
  View barrier_view_;
};

}  // namespace weft::model
