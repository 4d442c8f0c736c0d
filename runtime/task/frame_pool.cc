#include "weft/runtime/task/frame_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "weft/runtime/base/spin_lock.h"

namespace weft {

constinit thread_local FramePool::Local FramePool::local_ __attribute__((tls_model("initial-exec")));

// The magazines that no thread holds, and the memory they are cut from. Never destroyed: frames may outlive static destruction.
class Depot {
 public:
  using Block = FramePool::Block;
  using Magazine = FramePool::Magazine;

  static Depot& of(BlockKind kind) {
    static Depot* const depots = new Depot[2];
    return depots[static_cast<unsigned>(kind)];
  }

  // A full magazine, or a fresh one of the class.
  Magazine take(std::size_t c) {
    Shelf& shelf = shelves_[c];
    {
      const std::lock_guard lock(shelf.lock);
      if (!shelf.full.empty()) {
        const Magazine magazine = shelf.full.back();
        shelf.full.pop_back();
        return magazine;
      }
    }
    const std::lock_guard lock(mutex_);
    return cut(c);
  }

  void give(std::size_t c, Magazine magazine) {
    if (magazine.blocks == nullptr) return;
    Shelf& shelf = shelves_[c];
    const std::lock_guard lock(shelf.lock);
    shelf.full.push_back(magazine);
  }

  void add_single(void* block) {
    const std::lock_guard lock(mutex_);
    singles_.insert(block);
  }
  void remove_single(void* block) {
    const std::lock_guard lock(mutex_);
    singles_.erase(block);
  }
  void count_single(std::ptrdiff_t more) {
    const std::lock_guard lock(mutex_);
    uncounted_singles_ += more;
  }

  // Those that lie in no magazine of the depot.
  std::size_t outside() {
    std::size_t count = 0;
    for (Shelf& shelf : shelves_) {
      const std::lock_guard lock(shelf.lock);
      for (const Magazine& magazine : shelf.full) count -= magazine.count;
    }
    const std::lock_guard lock(mutex_);
    return count + runs_.size() * FramePool::kMagazine + singles_.size() + static_cast<std::size_t>(uncounted_singles_);
  }

  void for_each(void (*visit)(void*, void*), void* context) {
    const std::lock_guard lock(mutex_);
    for (const Run& run : runs_) {
      for (std::uint32_t i = 0; i < run.blocks; ++i) visit(run.start + i * run.bytes, context);
    }
    for (void* single : singles_) visit(single, context);
  }

  std::size_t reserved() {
    const std::lock_guard lock(mutex_);
    return reserved_;
  }

 private:
  static constexpr std::size_t kRegion = std::size_t{1} << 20;
  // One worker that creates and another that destroys meet here every kMagazine blocks: a lock that sleeps would cost more than all else.
  struct alignas(kCacheLine) Shelf {
    SpinLock lock;
    std::vector<Magazine> full;
  };
  struct Run {
    char* start;
    std::size_t bytes;
    std::uint32_t blocks;
  };

  Magazine cut(std::size_t c) {
    const std::size_t bytes = c * FramePool::kGrain;
    const std::size_t wanted = bytes * FramePool::kMagazine;
    if (wanted > static_cast<std::size_t>(end_ - free_)) {
      void* region = mmap(nullptr, kRegion, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (region == MAP_FAILED) throw std::bad_alloc();
      free_ = static_cast<char*>(region);
      end_ = free_ + kRegion;
      reserved_ += kRegion;
    }
    char* start = std::exchange(free_, free_ + wanted);
    runs_.push_back({start, bytes, FramePool::kMagazine});
    Magazine magazine;
    for (std::uint32_t i = FramePool::kMagazine; i-- > 0;) {
      Block* block = reinterpret_cast<Block*>(start + i * bytes);
      block->next = magazine.blocks;
      magazine.blocks = block;
    }
    magazine.count = FramePool::kMagazine;
    return magazine;
  }

  std::array<Shelf, FramePool::kClasses> shelves_;
  std::mutex mutex_;  // all that follows
  std::vector<Run> runs_;
  std::set<void*> singles_;               // cells that did not come from a run
  std::ptrdiff_t uncounted_singles_ = 0;  // frames that did not
  char* free_ = nullptr;
  char* end_ = nullptr;
  std::size_t reserved_ = 0;
};

// The threads that hold magazines. Never destroyed, as the depots are.
class Registered {
 public:
  static Registered& threads() {
    static Registered* const of_process = new Registered;
    return *of_process;
  }
  void add(FramePool::Local* local) {
    const std::lock_guard lock(mutex_);
    locals_.push_back(local);
  }
  void remove(FramePool::Local* local) {
    const std::lock_guard lock(mutex_);
    std::erase(locals_, local);
  }
  std::size_t held(BlockKind kind) {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (FramePool::Local* local : locals_) {
      for (const FramePool::Class& held : local->of(kind)) count += held.loaded.count + held.spare.count;
    }
    return count;
  }

 private:
  std::mutex mutex_;
  std::vector<FramePool::Local*> locals_;
};

// Runs when a thread that used the pool ends; afterwards the thread's remaining frees go to the depot one by one.
struct ThreadExit {
  ~ThreadExit() { FramePool::return_magazines(); }
};

void FramePool::return_magazines() noexcept {
  local_.registered = false;
  Registered::threads().remove(&local_);
  for (const BlockKind kind : {BlockKind::frame, BlockKind::cell}) {
    for (std::size_t c = 0; c < kClasses; ++c) {
      Class& held = local_.of(kind)[c];
      Depot::of(kind).give(c, std::exchange(held.loaded, kClosed));
      Depot::of(kind).give(c, std::exchange(held.spare, {}));
    }
  }
}

void* FramePool::allocate_slowly(BlockKind kind, std::size_t bytes) {
  const std::size_t c = (bytes + kGrain - 1) / kGrain;
  if (kAsan || c >= kClasses) {
    void* memory = ::operator new(bytes);
    if (kind == BlockKind::cell) {
      static_cast<std::uintptr_t*>(memory)[1] = 0;
      Depot::of(kind).add_single(memory);
    } else {
      Depot::of(kind).count_single(1);
    }
    return memory;
  }
  if (!local_.registered) {
    static thread_local ThreadExit exit;
    static_cast<void>(&exit);
    local_.registered = true;
    for (const BlockKind each : {BlockKind::frame, BlockKind::cell}) {
      for (Class& held : local_.of(each)) held.loaded = {};
    }
    Registered::threads().add(&local_);
  }
  Class& held = local_.of(kind)[c];
  if (held.spare.blocks == nullptr) held.spare = Depot::of(kind).take(c);
  std::swap(held.loaded, held.spare);
  Block* block = held.loaded.blocks;
  held.loaded.blocks = block->next;
  --held.loaded.count;
  return block;
}

void FramePool::deallocate_slowly(BlockKind kind, void* memory, std::size_t bytes) noexcept {
  const std::size_t c = (bytes + kGrain - 1) / kGrain;
  if (kAsan || c >= kClasses) {
    if (kind == BlockKind::cell) {
      Depot::of(kind).remove_single(memory);
    } else {
      Depot::of(kind).count_single(-1);
    }
    ::operator delete(memory);
    return;
  }
  Block* block = static_cast<Block*>(memory);
  block->next = nullptr;
  if (!local_.registered) {  // a thread that only frees, or that is ending
    Depot::of(kind).give(c, {block, 1});
    return;
  }
  Class& held = local_.of(kind)[c];
  Depot::of(kind).give(c, std::exchange(held.spare, held.loaded));
  held.loaded = {block, 1};
}

void FramePool::for_each_cell(void (*visit)(void*, void*), void* context) {
  Depot::of(BlockKind::cell).for_each(visit, context);
}

FramePool::Statistics FramePool::statistics() {
  return {Depot::of(BlockKind::frame).reserved() + Depot::of(BlockKind::cell).reserved()};
}

FramePool::Live FramePool::live() {
  const auto of = [](BlockKind kind) { return Depot::of(kind).outside() - Registered::threads().held(kind); };
  return {of(BlockKind::frame), of(BlockKind::cell)};
}

}  // namespace weft
