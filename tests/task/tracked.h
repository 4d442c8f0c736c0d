#pragma once
// tracked: objects that count their constructions and destructions, to find one that a compiler destroys twice or never.

#include <atomic>
#include <utility>

namespace weft::tests {

struct Census {
  std::atomic<long> born{0};
  std::atomic<long> died{0};
  std::atomic<long> copied{0};
  long alive() const { return born - died; }
};

// Counts in the census it was made with, by every constructor.
class Tracked {
 public:
  explicit Tracked(Census& census, int number = 0) : census_(&census), value(number) { ++census_->born; }
  Tracked(const Tracked& other) : census_(other.census_), value(other.value) {
    ++census_->born;
    ++census_->copied;
  }
  Tracked(Tracked&& other) noexcept : census_(other.census_), value(std::exchange(other.value, -1)) { ++census_->born; }
  Tracked& operator=(const Tracked&) = default;
  ~Tracked() {
    ++census_->died;
    value = -2;
  }

 private:
  Census* census_;

 public:
  int value;
};

}  // namespace weft::tests
