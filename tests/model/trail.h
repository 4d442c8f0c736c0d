#pragma once
// trail: the choices of one execution, and the depth-first walk over all of them.
//
//   replay   an execution repeats the recorded choices, then takes alternative 0 of each new one.
//   advance  moves the last choice that has alternatives left to its next one and forgets what came after it.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace weft::model {

class Trail {
 public:
  std::size_t choose(std::size_t count) {
    if (count > 0xffff) {
      std::fprintf(stderr, "model::Trail: %zu alternatives at one point; make the model smaller\n", count);
      std::abort();
    }
    if (depth_ == choices_.size()) choices_.push_back({0, static_cast<std::uint16_t>(count)});
    const Choice& choice = choices_[depth_++];
    if (choice.count != count) {
      std::fprintf(stderr,
                   "model::Trail: choice %zu had %u alternatives before and has %zu now; the body must do the same "
                   "in each execution (no clocks, no random numbers, no state kept between executions)\n",
                   depth_ - 1, static_cast<unsigned>(choice.count), count);
      std::abort();
    }
    return choice.taken;
  }

  void rewind() { depth_ = 0; }

  // False when every alternative has been taken.
  bool advance() {
    choices_.resize(depth_);
    while (!choices_.empty() && choices_.back().taken + 1u == choices_.back().count) choices_.pop_back();
    if (choices_.empty()) return false;
    ++choices_.back().taken;
    return true;
  }

 private:
  struct Choice {
    std::uint16_t taken;
    std::uint16_t count;
  };

  std::vector<Choice> choices_;
  std::size_t depth_ = 0;
};

}  // namespace weft::model
