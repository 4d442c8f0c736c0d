#include "weft/runtime/task/frame_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace weft::tests {
namespace {

void* frame_of(std::size_t bytes) { return FramePool::allocate<BlockKind::frame>(bytes); }
void free_frame(void* memory, std::size_t bytes) { FramePool::deallocate<BlockKind::frame>(memory, bytes); }

TEST(FramePool, gives_blocks_of_every_size_that_do_not_overlap) {
  std::vector<std::pair<unsigned char*, std::size_t>> blocks;
  for (std::size_t bytes = 1; bytes <= FramePool::kLargest + 64; ++bytes) {
    auto* block = static_cast<unsigned char*>(frame_of(bytes));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 16, 0u) << bytes << " bytes";
    std::memset(block, static_cast<int>(bytes & 0xff), bytes);
    blocks.emplace_back(block, bytes);
  }
  for (const auto& [block, bytes] : blocks) {
    const auto expected = static_cast<unsigned char>(bytes & 0xff);
    EXPECT_TRUE(std::all_of(block, block + bytes, [expected](unsigned char c) { return c == expected; }))
        << bytes << " bytes";
  }
  for (const auto& [block, bytes] : blocks) free_frame(block, bytes);
}

TEST(FramePool, gives_a_freed_block_of_the_same_class_again) {
  if (kAsan) GTEST_SKIP() << "every block comes from operator new under AddressSanitizer";
  void* first = frame_of(100);
  free_frame(first, 100);
  void* second = frame_of(112);  // the same class: 7 grains
  EXPECT_EQ(first, second);
  void* other = frame_of(113);
  EXPECT_NE(first, other);
  free_frame(second, 112);
  free_frame(other, 113);
}

TEST(FramePool, keeps_frames_and_cells_apart) {
  if (kAsan) GTEST_SKIP() << "every block comes from operator new under AddressSanitizer";
  void* frame = frame_of(64);
  free_frame(frame, 64);
  void* cell = FramePool::allocate<BlockKind::cell>(64);
  EXPECT_NE(frame, cell);
  FramePool::deallocate<BlockKind::cell>(cell, 64);
}

TEST(FramePool, many_rounds_of_one_size_reserve_no_more_than_the_first) {
  constexpr std::size_t count = 5 * FramePool::kMagazine + 7;
  std::vector<void*> blocks(count);
  const auto round = [&blocks] {
    for (void*& block : blocks) block = frame_of(320);
    for (void* block : blocks) free_frame(block, 320);
  };
  round();
  const std::size_t reserved = FramePool::statistics().reserved_bytes;
  for (int i = 0; i < 200; ++i) round();
  EXPECT_EQ(FramePool::statistics().reserved_bytes, reserved);
}

TEST(FramePool, a_thread_that_ends_returns_what_it_held) {
  constexpr std::size_t count = 3 * FramePool::kMagazine;
  const auto in_a_thread = [] {
    std::thread([] {
      std::array<void*, count> blocks;
      for (void*& block : blocks) block = frame_of(640);
      for (void* block : blocks) free_frame(block, 640);
    }).join();
  };
  for (int i = 0; i < 3; ++i) in_a_thread();
  const std::size_t reserved = FramePool::statistics().reserved_bytes;
  for (int i = 0; i < 100; ++i) in_a_thread();
  EXPECT_EQ(FramePool::statistics().reserved_bytes, reserved);
}

TEST(FramePool, a_thread_that_only_frees_gives_the_blocks_back) {
  constexpr std::size_t count = 3 * FramePool::kMagazine;
  std::vector<void*> blocks(count);
  const auto round = [&blocks] {
    for (void*& block : blocks) block = frame_of(800);
    std::thread([&blocks] {
      for (void* block : blocks) free_frame(block, 800);
    }).join();
  };
  for (int i = 0; i < 3; ++i) round();
  const std::size_t reserved = FramePool::statistics().reserved_bytes;
  for (int i = 0; i < 100; ++i) round();
  EXPECT_EQ(FramePool::statistics().reserved_bytes, reserved);
}

TEST(FramePool, counts_what_is_handed_out_wherever_it_was_freed) {
  const FramePool::Live before = FramePool::live();
  std::vector<void*> frames;
  for (const std::size_t bytes : {32u, 320u, 1024u, 1025u, 9000u}) frames.push_back(frame_of(bytes));
  std::vector<void*> cells;
  for (std::size_t i = 0; i < 3 * FramePool::kMagazine; ++i) {
    cells.push_back(FramePool::allocate<BlockKind::cell>(112));
    static_cast<std::uint64_t*>(cells.back())[1] = 0;
  }
  EXPECT_EQ(FramePool::live().frames, before.frames + 5);
  EXPECT_EQ(FramePool::live().cells, before.cells + 3 * FramePool::kMagazine);
  std::thread([&cells] {
    for (void* cell : cells) FramePool::deallocate<BlockKind::cell>(cell, 112);
  }).join();
  EXPECT_EQ(FramePool::live().cells, before.cells);
  std::size_t i = 0;
  for (const std::size_t bytes : {32u, 320u, 1024u, 1025u, 9000u}) free_frame(frames[i++], bytes);
  EXPECT_EQ(FramePool::live(), before);
  std::thread([] { free_frame(frame_of(320), 320); }).join();
  EXPECT_EQ(FramePool::live(), before) << "a thread that ended keeps nothing";
}

TEST(FramePool, visits_every_cell_that_is_in_use_and_no_frame) {
  void* frame = frame_of(96);
  std::vector<void*> cells;
  for (const std::size_t bytes : {96u, 200u, 1024u, 1025u, 4000u}) {
    cells.push_back(FramePool::allocate<BlockKind::cell>(bytes));
    static_cast<std::uint64_t*>(cells.back())[1] = 0;
  }
  std::set<void*> visited;
  FramePool::for_each_cell([](void* block, void* context) { static_cast<std::set<void*>*>(context)->insert(block); },
                           &visited);
  for (void* cell : cells) EXPECT_TRUE(visited.contains(cell));
  EXPECT_FALSE(visited.contains(frame));
  std::size_t i = 0;
  for (const std::size_t bytes : {96u, 200u, 1024u, 1025u, 4000u}) {
    FramePool::deallocate<BlockKind::cell>(cells[i++], bytes);
  }
  free_frame(frame, 96);
}

TEST(FramePool, a_cell_that_was_never_used_has_a_zero_second_word) {
  std::array<void*, 8> cells;
  for (void*& cell : cells) {
    cell = FramePool::allocate<BlockKind::cell>(976);
    EXPECT_EQ(static_cast<std::uint64_t*>(cell)[1], 0u);
  }
  for (void* cell : cells) FramePool::deallocate<BlockKind::cell>(cell, 976);
}

}  // namespace
}  // namespace weft::tests
