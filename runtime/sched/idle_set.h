#pragma once
// idle_set: which workers search for work, which sleep, and whom to wake.
//
// I1: an item on any queue implies a worker that is awake, or one that will see the item in its last look before it sleeps.
//
//   producer  1 push the item   2 light barrier   3 wake_one() if somebody sleeps and nobody searches
//   sleeper   1 announce()      2 does somebody search? then 5, without looking   3 heavy barrier
//             4 look at every queue once more: retract() if there is something   5 wait
//
//   The barriers make sure that either the producer sees the announcement (3) or the sleeper sees the item (4).
//   A producer may skip the waking, and a sleeper the looking, because somebody searches: a searcher that finds nothing becomes a
//   sleeper, and the last searcher that finds something wakes the next one (end_search).
//
//   threads   announce/retract/wake_up_reason: the worker itself. The rest: anyone.

#include <cstdint>
#include <memory>

#include "weft/runtime/base/atomics.h"

namespace weft {

enum class Woken { by_producer, by_itself };

template <class Atomics = StdAtomics>
class IdleSet {
 public:
  using Word = typename Atomics::template Atomic<std::uint32_t>;
  static constexpr std::uint32_t kAwake = 0;
  static constexpr std::uint32_t kAsleep = 1;
  static constexpr std::uint32_t kNotified = 2;

  IdleSet(unsigned workers, unsigned most_searchers)
      : workers_(workers), most_searchers_(most_searchers), cells_(new Cell[workers]) {}

  // False when enough workers search already.
  bool begin_search() noexcept {
    if (searching_.load(std::memory_order_relaxed) >= most_searchers_) return false;
    searching_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }

  // True when the caller was the last searcher: if it found something, it must call wake_one() (I1).
  [[nodiscard]] bool end_search() noexcept { return searching_.fetch_sub(1, std::memory_order_seq_cst) == 1; }

  // sleeper 1. Returns how many sleep now, the caller included.
  unsigned announce(unsigned worker) noexcept {
    cells_[worker].word.store(kAsleep, std::memory_order_relaxed);
    return sleeping_.fetch_add(1, std::memory_order_seq_cst) + 1;
  }

  // The worker goes on. by_producer: it was claimed meanwhile and counts as a searcher already.
  Woken retract(unsigned worker) noexcept {
    std::uint32_t seen = kAsleep;
    if (cells_[worker].word.compare_exchange_strong(seen, kAwake, std::memory_order_acquire,
                                                    std::memory_order_acquire)) {
      sleeping_.fetch_sub(1, std::memory_order_relaxed);
      return Woken::by_itself;
    }
    cells_[worker].word.store(kAwake, std::memory_order_relaxed);
    return Woken::by_producer;
  }

  // producer 3. The worker to unpark, which counts as a searcher from now on; -1 when none is needed. `last_choice` is claimed only
  // when no other worker sleeps.
  int wake_one(unsigned last_choice) noexcept {
    while (sleeping_.load(std::memory_order_seq_cst) != 0) {
      std::uint32_t none = 0;
      if (!searching_.compare_exchange_strong(none, 1, std::memory_order_acq_rel, std::memory_order_relaxed)) return -1;
      for (unsigned i = 0; i < workers_; ++i) {
        if (i != last_choice && claim(i)) return static_cast<int>(i);
      }
      if (last_choice < workers_ && claim(last_choice)) return static_cast<int>(last_choice);
      // Everyone woke up meanwhile. A producer may have skipped its waking, or a sleeper its looking, because of us: look again.
      give_place_back();
      Atomics::pause();
    }
    return -1;
  }

  // Claims one given worker, whoever searches. False: it is awake, and the caller owes a wake_one(), for those who relied on it to search.
  [[nodiscard]] bool claim_for_search(unsigned worker) noexcept {
    searching_.fetch_add(1, std::memory_order_relaxed);
    if (claim(worker)) return true;
    give_place_back();
    return false;
  }

  bool somebody_sleeps() const noexcept { return sleeping_.load(std::memory_order_seq_cst) != 0; }
  // sleeper 2.
  bool somebody_searches() const noexcept { return searching_.load(std::memory_order_seq_cst) != 0; }
  bool everybody_sleeps() const noexcept { return sleeping_.load(std::memory_order_seq_cst) == workers_; }
  bool waking_pays() const noexcept { return somebody_sleeps() && searching_.load(std::memory_order_seq_cst) == 0; }
  Word& word(unsigned worker) noexcept { return cells_[worker].word; }

 private:
  // Who looks at sleeping_ after this sees the sleepers that relied on us; the others see that we do not search.
  void give_place_back() noexcept { searching_.fetch_sub(1, std::memory_order_seq_cst); }

  bool claim(unsigned worker) noexcept {
    std::uint32_t seen = kAsleep;
    if (cells_[worker].word.load(std::memory_order_relaxed) != kAsleep) return false;
    // release: the woken worker's acquire in retract() sees what the producer pushed.
    if (!cells_[worker].word.compare_exchange_strong(seen, kNotified, std::memory_order_release,
                                                     std::memory_order_relaxed)) {
      return false;
    }
    sleeping_.fetch_sub(1, std::memory_order_relaxed);
    return true;
  }

  struct alignas(kCacheLine) Cell {
    // The futex a worker sleeps on. Written by the worker (awake, asleep) and by whoever claims it (asleep -> notified, CAS).
    Word word{kAwake};
  };

  const unsigned workers_;
  const unsigned most_searchers_;
  // searching_, sleeping_: counts. Written by every worker, read by every producer after a light barrier. seq_cst: the barrier pair
  //   orders it) and sleepers against searchers that leave. Relaxed where a count only grows: seen too late, somebody looks for nothing.
  alignas(kCacheLine) typename Atomics::template Atomic<std::uint32_t> searching_{0};
  typename Atomics::template Atomic<std::uint32_t> sleeping_{0};
  std::unique_ptr<Cell[]> cells_;
};

}  // namespace weft
