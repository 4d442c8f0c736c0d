#pragma once
// ends_as: what scenarios of primitives share: how a primitive is to look when everybody has ended.

#include <functional>
#include <string>
#include <utility>

#include "cancel/everywhere.h"

namespace weft::tests {

// A primitive of the run that is to describe itself so in the end.
template <class Primitive, class... Args>
Primitive& ends_as(Probe& probe, const std::string& description, Args&&... args) {
  Primitive& primitive = probe.keep<Primitive>(std::forward<Args>(args)...);
  probe.at_end([&probe, &primitive, description] {
    probe.expect(primitive.describe() == description, "it ended as " + primitive.describe());
  });
  return primitive;
}

// Does something when its block is left, however it is left.
class AtExit {
 public:
  explicit AtExit(std::function<void()> act) : act_(std::move(act)) {}
  AtExit(const AtExit&) = delete;
  AtExit& operator=(const AtExit&) = delete;
  ~AtExit() { act_(); }

 private:
  const std::function<void()> act_;
};

}  // namespace weft::tests
