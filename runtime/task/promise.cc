#include "weft/runtime/task/promise.h"

#include <vector>

namespace weft {
namespace {

// Frames destroyed inside the destructor of another frame nest on the stack up to this depth; deeper ones wait in a list.
constexpr unsigned kNested = 24;

struct Teardown {
  unsigned depth = 0;
  std::vector<void*> waiting;
};

[[gnu::noinline]] Teardown& teardown() {
  static thread_local Teardown of_this_thread;
  return of_this_thread;
}

}  // namespace

void destroy_frame(void* frame) noexcept {
  Teardown& mine = teardown();
  if (mine.depth == kNested) {
    mine.waiting.push_back(frame);
    return;
  }
  ++mine.depth;
  std::coroutine_handle<>::from_address(frame).destroy();
  while (mine.depth == kNested && !mine.waiting.empty()) {
    void* next = mine.waiting.back();
    mine.waiting.pop_back();
    std::coroutine_handle<>::from_address(next).destroy();
  }
  --mine.depth;
}

void destroy_from(PromiseBase* innermost, bool and_root) noexcept {
  while (innermost != nullptr) {
    const Completion completion = innermost->completion();
    const bool root = completion.kind() != Completion::Kind::inline_await;
    if (root && !and_root) return;
    innermost->frame().destroy();
    if (root) return;
    InlineAwait* await = completion.inline_await();
    await->child = nullptr;
    innermost = await->parent;
  }
}

}  // namespace weft
