#pragma once
// frame_pool: memory for coroutine frames and task cells, by size class.
//
// Each thread keeps two magazines of free blocks per class (Bonwick and Adams 2001): a pop and a push without atomics. A full magazine goes
// to the depot of its class, from where any thread refills; so memory that one thread allocates and another frees circulates
// instead of growing, and a thread keeps at most two magazines per class. A thread that ends returns its magazines.
//
//   threads   every member from any thread; a block may be freed on another thread than the one that allocated it.
//   memory    what the depot holds is reused, not given to the system: the process keeps the peak.
//   ASan      every block comes from operator new and goes back to it, so that a use after free is seen.

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

#include "weft/runtime/base/config.h"

namespace weft {

// Frames hold coroutines; cells hold tasks and can be enumerated.
enum class BlockKind : unsigned { frame, cell };

class FramePool {
 public:
  static constexpr std::size_t kGrain = 16;
  static constexpr std::size_t kLargest = 1024;
  static constexpr std::size_t kClasses = kLargest / kGrain + 1;
  static constexpr std::uint32_t kMagazine = 64;

  // Aligned to 16. Throws std::bad_alloc.
  template <BlockKind kind>
  static void* allocate(std::size_t bytes) {
    const std::size_t c = (bytes + kGrain - 1) / kGrain;
    if (!kAsan && c < kClasses) [[likely]] {
      Magazine& loaded = local_.of(kind)[c].loaded;
      if (Block* block = loaded.blocks; block != nullptr) [[likely]] {
        loaded.blocks = block->next;
        --loaded.count;
        return block;
      }
    }
    return allocate_slowly(kind, bytes);
  }

  template <BlockKind kind>
  static void deallocate(void* memory, std::size_t bytes) noexcept {
    const std::size_t c = (bytes + kGrain - 1) / kGrain;
    if (!kAsan && c < kClasses) [[likely]] {
      Magazine& loaded = local_.of(kind)[c].loaded;
      if (loaded.count < kMagazine) [[likely]] {
        Block* block = static_cast<Block*>(memory);
        block->next = loaded.blocks;
        loaded.blocks = block;
        ++loaded.count;
        return;
      }
    }
    deallocate_slowly(kind, memory, bytes);
  }

  // Calls visit(block, context) for every cell block that was ever handed out, free ones included: their second word is as the
  // destructor left it (zero when never used), the first is not. No cell is given back to the system meanwhile.
  static void for_each_cell(void (*visit)(void* block, void* context), void* context);

  struct Statistics {
    std::size_t reserved_bytes = 0;  // taken from the system
  };
  static Statistics statistics();

  // Blocks that are handed out. Only while no thread allocates or frees: a loop that is not running, say.
  struct Live {
    std::size_t frames = 0;
    std::size_t cells = 0;
    bool operator==(const Live&) const = default;
  };
  static Live live();

 private:
  friend class Depot;
  friend class Registered;
  friend struct ThreadExit;
  struct Block {
    Block* next;
  };
  struct Magazine {
    Block* blocks = nullptr;
    std::uint32_t count = 0;
  };
  // Empty, but nothing may be put in: of a thread whose magazines are not returned when it ends.
  static constexpr Magazine kClosed = {nullptr, kMagazine};
  struct Class {
    Magazine loaded = kClosed;
    Magazine spare;
  };
  struct Local {
    std::array<Class, kClasses> frames;
    std::array<Class, kClasses> cells;
    bool registered = false;  // this thread's magazines are returned when it ends
    std::array<Class, kClasses>& of(BlockKind kind) noexcept { return kind == BlockKind::frame ? frames : cells; }
  };

  static void* allocate_slowly(BlockKind kind, std::size_t bytes);
  static void deallocate_slowly(BlockKind kind, void* memory, std::size_t bytes) noexcept;
  static void return_magazines() noexcept;

  static constinit thread_local Local local_ __attribute__((tls_model("initial-exec")));
};

}  // namespace weft
