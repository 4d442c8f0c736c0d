#include "model/memory.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace weft::model {

void Memory::reset(const Options& options) {
  options_ = options;
  count_ = 0;
  barrier_view_ = {};
  for (ThreadMemory& memory : threads_) memory = {};
  threads_[0].view.clock.tick(0);
}

void Memory::start_thread(ThreadId thread, ThreadId parent) {
  threads_[thread] = {};
  threads_[thread].view = threads_[parent].view;
  threads_[thread].at_light_barrier = threads_[parent].view;
  threads_[thread].last_times = threads_[parent].view.times;
  tick(thread);
  tick(parent);
}

void Memory::join_thread(ThreadId thread, ThreadId child) { threads_[thread].view.join(threads_[child].view); }

LocationId Memory::create(ThreadId thread, std::uint64_t value) {
  if (count_ == kMaxLocations) {
    std::fprintf(stderr, "model::Memory: one execution constructs more than %zu atomics; make the model smaller\n",
                 kMaxLocations);
    std::abort();
  }
  if (count_ == locations_.size()) locations_.emplace_back();
  Location& location = locations_[count_];
  location.messages.clear();
  location.messages.push_back({value, false, {}});
  location.lifetime.start(thread, clock(thread));
  location.seq_cst_time = 0;
  location.alive = true;
  return static_cast<LocationId>(count_++);
}

AccessHistory::Conflict Memory::destroy(ThreadId thread, LocationId id) {
  Location& location = locations_[id];
  location.alive = false;
  return location.lifetime.write(thread, clock(thread));
}

bool Memory::touch(ThreadId thread, LocationId location) {
  return locations_[location].lifetime.read(thread, clock(thread)) == AccessHistory::Conflict::none;
}

std::size_t Memory::readable(ThreadId thread, LocationId id, Order order) const {
  const ThreadMemory& memory = threads_[thread];
  const Location& location = locations_[id];
  Time oldest = memory.view.times[id];
  if (order == Order::seq_cst) oldest = std::max(oldest, location.seq_cst_time);
  if (memory.fresh[id] || memory.stale_reads[id] >= options_.stale_reads) return 1;
  return static_cast<std::size_t>(newest_time(id) - oldest) + 1;
}

std::size_t Memory::pick_of_last_use(ThreadId thread, LocationId id) const {
  return static_cast<std::size_t>(newest_time(id) - threads_[thread].last_times[id]);
}

std::uint64_t Memory::value(LocationId location, std::size_t pick) const {
  const auto& messages = locations_[location].messages;
  return messages[messages.size() - 1 - pick].value;
}

void Memory::read(ThreadId thread, LocationId id, std::size_t pick, Order order) {
  ThreadMemory& memory = threads_[thread];
  Location& location = locations_[id];
  const auto time = static_cast<Time>(newest_time(id) - pick);
  memory.stale_reads[id] = pick == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(memory.stale_reads[id] + 1);
  memory.fresh[id] = false;
  memory.view.times[id] = std::max(memory.view.times[id], time);
  const Message& message = location.messages[time];
  if (acquires(order) && message.released) memory.view.join(message.view);
  if (order == Order::seq_cst) location.seq_cst_time = std::max(location.seq_cst_time, time);
  used(memory, id, time);
}

void Memory::append(ThreadId thread, LocationId id, std::uint64_t value, Order order, bool update) {
  ThreadMemory& memory = threads_[thread];
  Location& location = locations_[id];
  const auto time = static_cast<Time>(newest_time(id) + 1);
  if (time == 0xffff) {
    std::fprintf(stderr, "model::Memory: more than 65000 stores to one location; make the model smaller\n");
    std::abort();
  }
  location.messages.push_back({value, false, {}});
  Message& message = location.messages[time];
  if (update && location.messages[time - 1u].released) {
    message.released = true;
    message.view = location.messages[time - 1u].view;
  }
  memory.view.times[id] = time;
  if (releases(order)) {
    message.released = true;
    message.view.join(memory.view);
  }
  if (order == Order::seq_cst) location.seq_cst_time = time;
  memory.stale_reads[id] = 0;
  used(memory, id, time);
}

void Memory::before_full_barrier(ThreadId thread) { threads_[thread].view.see(barrier_view_); }

void Memory::after_full_barrier(ThreadId thread) { barrier_view_.see(threads_[thread].view); }

void Memory::light_barrier(ThreadId thread) {
  ThreadMemory& memory = threads_[thread];
  memory.view.see(memory.offered);
  memory.at_light_barrier = memory.view;
}

void Memory::meet(const View& caller_before, View& collected, ThreadId other) {
  threads_[other].offered.see(caller_before);
  collected.see(threads_[other].at_light_barrier);
}

void Memory::used(ThreadMemory& memory, LocationId location, Time time) {
  if (memory.spin_ended) {
    memory.in_spin = {};
    memory.spin_ended = false;
  }
  memory.last_times[location] = time;
  memory.in_spin[location] = true;
  memory.spin_times[location] = time;
}

bool Memory::has_news(ThreadId thread) const {
  const ThreadMemory& memory = threads_[thread];
  for (LocationId id = 0; id < count_; ++id)
    if (memory.in_spin[id] && memory.spin_times[id] < newest_time(id)) return true;
  return false;
}

void Memory::resume_spin(ThreadId thread) {
  ThreadMemory& memory = threads_[thread];
  for (LocationId id = 0; id < count_; ++id) memory.fresh[id] = memory.fresh[id] || memory.in_spin[id];
}

}  // namespace weft::model
