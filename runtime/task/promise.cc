#include "weft/runtime/task/promise.h"

#include <string>
#include <vector>

#include "weft/runtime/task/call_frame.h"
#include "weft/runtime/task/runtime.h"

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

void drop_coroutine(void* frame) noexcept {
  const Runtime* runtime = Runtime::of_this_thread();
  const bool debug = runtime != nullptr ? runtime->debug() : debug_by_environment();
  if (debug && teardown().depth == 0) {  // those that it owns are dropped with it
    const std::source_location& site = PromiseBase::of(frame).await_site();
    const std::string text = "coroutine '" + CallFrame(site).function() + "' (" + place_of(site) +
                             ") was never awaited; co_await it, give it to create_task, or close() it";
    if (runtime != nullptr) {
      const_cast<Runtime*>(runtime)->report({text, nullptr, {}});
    } else {
      Runtime::default_report({text, nullptr, {}});
    }
  }
  destroy_frame(frame);
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
