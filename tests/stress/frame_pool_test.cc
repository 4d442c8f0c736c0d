// Blocks that one thread allocates and another frees come back, whoever does what.
#include "weft/runtime/task/frame_pool.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "weft/runtime/base/random.h"
#include "weft/weft.h"

namespace weft::tests {
namespace {

constexpr bool kSlow = kAsan || kTsan;

// A ring between one producer and one consumer.
class Ring {
 public:
  bool push(void* block) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_.load(std::memory_order_acquire) == blocks_.size()) return false;
    blocks_[tail % blocks_.size()] = block;
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }
  void* pop() {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_.load(std::memory_order_acquire)) return nullptr;
    void* block = blocks_[head % blocks_.size()];
    head_.store(head + 1, std::memory_order_release);
    return block;
  }

 private:
  std::array<void*, 4096> blocks_{};
  std::atomic<std::size_t> head_{0};
  std::atomic<std::size_t> tail_{0};
};

TEST(FramePool, ten_million_frames_of_one_thread_that_another_frees_come_back) {
  constexpr long count = kSlow ? 300'000 : 10'000'000;
  constexpr std::size_t bytes = 208;
  const auto ring = std::make_unique<Ring>();
  const std::size_t reserved = FramePool::statistics().reserved_bytes;
  std::thread consumer([&ring] {
    for (long freed = 0; freed < count;) {
      void* block = ring->pop();
      if (block == nullptr) {
        std::this_thread::yield();
        continue;
      }
      FramePool::deallocate<BlockKind::frame>(block, bytes);
      ++freed;
    }
  });
  for (long made = 0; made < count; ++made) {
    void* block = FramePool::allocate<BlockKind::frame>(bytes);
    static_cast<unsigned char*>(block)[bytes - 1] = 1;
    while (!ring->push(block)) std::this_thread::yield();
  }
  consumer.join();
  // 4096 blocks on their way, and the magazines of two threads: less than 2 MiB, where all of them would be 2 GB.
  EXPECT_LE(FramePool::statistics().reserved_bytes - reserved, std::size_t{4} << 20);
}

TEST(FramePool, blocks_of_many_sizes_between_four_threads_never_overlap) {
  constexpr int slots = 512;
  struct Slot {
    std::atomic<unsigned char*> block{nullptr};
  };
  std::vector<Slot> shared(slots);
  std::atomic<long> broken = 0;
  const auto size_of = [](std::size_t slot) {
    return slot * 37 % 1100 + 1;
  };  // by slot, so that whoever frees knows it
  const auto work = [&](unsigned seed) {
    Random random(seed);
    for (long turn = 0; turn < (kSlow ? 30'000 : 500'000); ++turn) {
      const std::size_t slot = random.below(slots);
      const std::size_t bytes = size_of(slot);
      const auto mark = static_cast<unsigned char>(slot);
      auto* fresh = static_cast<unsigned char*>(FramePool::allocate<BlockKind::frame>(bytes));
      std::memset(fresh, mark, bytes);
      unsigned char* old = shared[slot].block.exchange(fresh, std::memory_order_acq_rel);
      if (old == nullptr) continue;
      if (old[0] != mark || old[bytes / 2] != mark || old[bytes - 1] != mark) ++broken;
      FramePool::deallocate<BlockKind::frame>(old, bytes);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned seed = 1; seed <= 4; ++seed) threads.emplace_back(work, seed);
  for (std::thread& thread : threads) thread.join();
  for (std::size_t slot = 0; slot < slots; ++slot) {
    if (unsigned char* block = shared[slot].block) FramePool::deallocate<BlockKind::frame>(block, size_of(slot));
  }
  EXPECT_EQ(broken, 0) << "blocks were written by somebody else";
}

TEST(FramePool, cells_can_be_visited_while_others_take_and_free_them) {
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&stop] {
      while (!stop) {
        std::array<void*, 100> cells;
        for (void*& cell : cells) cell = FramePool::allocate<BlockKind::cell>(304);
        for (void* cell : cells) FramePool::deallocate<BlockKind::cell>(cell, 304);
      }
    });
  }
  void* mine = FramePool::allocate<BlockKind::cell>(304);
  struct Visit {
    void* wanted;
    int seen = 0;
  };
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  long visits = 0;
  for (; std::chrono::steady_clock::now() < end; ++visits) {
    Visit visit{mine};
    FramePool::for_each_cell(
        [](void* block, void* context) {
          auto& looked = *static_cast<Visit*>(context);
          looked.seen += block == looked.wanted ? 1 : 0;
        },
        &visit);
    ASSERT_EQ(visit.seen, 1);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  FramePool::deallocate<BlockKind::cell>(mine, 304);
  EXPECT_GT(visits, 0);
}

Coro<int> leaf(int value) { co_return value; }
Coro<long> forks(int count) {
  long sum = 0;
  for (int i = 0; i < count; ++i) {
    const auto both = co_await fork_join(leaf(1), leaf(2));
    sum += std::get<0>(both) + std::get<1>(both);
    if (i % 16 == 0) co_await sleep(0.0);
  }
  co_return sum;
}
Coro<long> many_tasks(int rounds) {
  long sum = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<Coro<long>> children;
    for (int i = 0; i < 64; ++i) children.push_back(forks(10));
    for (const long one : co_await gather(std::move(children))) sum += one;
  }
  co_return sum;
}
TEST(FramePool, tasks_that_move_between_workers_reserve_no_more_and_more) {
  constexpr int rounds = kSlow ? 20 : 400;
  const RunOptions options{.workers = 4};
  EXPECT_EQ(run(many_tasks(rounds), options), rounds * 64 * 30L);
  const std::size_t reserved = FramePool::statistics().reserved_bytes;
  EXPECT_EQ(run(many_tasks(rounds * 4), options), rounds * 4 * 64 * 30L);
  EXPECT_LE(FramePool::statistics().reserved_bytes - reserved, std::size_t{4} << 20);
}

}  // namespace
}  // namespace weft::tests
