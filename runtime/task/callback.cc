#include "weft/runtime/task/callback.h"

#include "weft/runtime/base/errors.h"

namespace weft {

void call_reporting(Callable& callable, Runtime& runtime, const char* message) noexcept {
  try {
    callable.call();
  } catch (const KeyboardInterrupt&) {
    runtime.escape(StoredError::current());
  } catch (...) {
    runtime.report({message, std::current_exception(), {}});
  }
}

}  // namespace weft
