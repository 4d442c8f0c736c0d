#include "weft/runtime/flow/select.h"

#include <string>

#include "weft/runtime/base/errors.h"

namespace weft {

void refuse_empty_contender() {
  throw RuntimeError("select: a coroutine was awaited already or moved from; make another one");
}

void refuse_no_result(std::size_t index, std::size_t winner) {
  throw InvalidStateError("Selected::get(): awaitable " + std::to_string(index) + " has no result, awaitable " +
                          std::to_string(winner) + " was first; ask index() or has() before");
}

}  // namespace weft
