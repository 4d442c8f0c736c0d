#pragma once
// depot: a queue in a scenario that is cancelled everywhere, and where each of its items is: got once, still in the queue or still with its owner.

#include <algorithm>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "cancel/everywhere.h"

namespace weft::tests {

using Parcel = std::unique_ptr<int>;
inline int number_of(int item) { return item; }
inline int number_of(const Parcel& item) { return *item; }

// A queue, and where each of its items is.
template <class Kind, class T>
class Depot {
 public:
  explicit Depot(std::int64_t maxsize) : queue(maxsize) {}
  Kind queue;

  // Items of a put_from() or put_many(); those that are put leave it.
  std::vector<T>& owner(int first, int count) requires(std::is_same_v<T, Parcel>) {
    const std::lock_guard lock(mutex_);
    std::vector<T>& items = owners_.emplace_back();
    for (int i = first; i < first + count; ++i) {
      items.push_back(std::make_unique<int>(i));
      made_.insert(i);
    }
    return items;
  }
  void note_put(int item) { note(made_, item); }
  void note_got(const T& item) { note(got_, number_of(item)); }
  void note_done() { note(done_, 1); }
  std::size_t got() const {
    const std::lock_guard lock(mutex_);
    return got_.size();
  }

  // When nobody uses it any more. `dropped`: it was shut down immediately.
  void check(Probe& probe, bool dropped) {
    const std::string text = queue.describe();
    probe.expect(text.find("ters=") == std::string::npos, "it ended as " + text);
    probe.expect(!dropped || queue.empty(), "an item is left: " + text);
    for (std::uint64_t left = queue.qsize(); left != 0; --left) note_got(queue.get_nowait());
    std::multiset<int> found = got_;
    for (const std::vector<T>& items : owners_) {
      for (const T& item : items) {
        if (item) found.insert(number_of(item));
      }
    }
    probe.expect(dropped ? std::includes(made_.begin(), made_.end(), found.begin(), found.end()) : found == made_,
                 "of " + std::to_string(made_.size()) + " items " + std::to_string(found.size()) + " were found again");
    check_count(probe);
  }

 private:
  void note(std::multiset<int>& items, int item) {
    const std::lock_guard lock(mutex_);
    items.insert(item);
  }
  void check_count(Probe& probe) {
    bool too_many = false;
    try {
      queue.task_done(got_.size() - done_.size());
      queue.task_done();
    } catch (const ValueError&) {
      too_many = true;
    }
    probe.expect(too_many, "it counts more as unfinished than there is: " + queue.describe());
    probe.expect(queue.describe().find("unfinished") == std::string::npos, "it does not add up: " + queue.describe());
  }

  mutable std::mutex mutex_;  // all that follows
  std::multiset<int> made_, got_, done_;
  std::list<std::vector<T>> owners_;
};

template <class Depot>
Depot& depot_of(Probe& probe, std::int64_t maxsize, bool dropped = false) {
  Depot& depot = probe.keep<Depot>(maxsize);
  probe.at_end([&probe, &depot, dropped] { depot.check(probe, dropped); });
  return depot;
}

}  // namespace weft::tests
