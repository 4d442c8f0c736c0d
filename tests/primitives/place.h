#pragma once
// place: who waits, for the tests of a primitive's state: a place in its line and nothing else.

#include <vector>

#include "weft/primitives/wait_queue.h"

namespace weft::tests {

struct Place : ListNode {
  WaitMark<> mark;
};

using PlaceList = IntrusiveList<Place>;
using Places = std::vector<Place*>;

// In their order; the list is empty afterwards.
inline Places all_of(PlaceList& list) {
  Places all;
  while (Place* place = list.pop_front()) all.push_back(place);
  return all;
}

}  // namespace weft::tests
