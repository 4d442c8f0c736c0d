#pragma once
// atomics: the one door to atomic operations for lock-free structures, so that a model checker can replace it.
//
// A structure takes `Atomics` as a template parameter; StdAtomics is what ships.
//
//   light_barrier / heavy_barrier   an asymmetric pair that settles store-then-load races ("I published, did you announce?"
//       against "I announced, did you publish?"). The frequent side pays for a compiler barrier, the rare side for
//       membarrier(2), which makes every running thread of the process execute a full barrier. No data is published
//       through them, only decisions: every happens-before edge is made by the atomics themselves, so ThreadSanitizer sees
//       all of them. Where the kernel refuses membarrier both sides are read-modify-writes on a word of their own.

#include <sched.h>

#include <atomic>
#include <cstdint>

#include "weft/runtime/base/config.h"

namespace weft {

struct StdAtomics {
  template <class T>
  using Atomic = std::atomic<T>;

  // A cell that is not atomic; the model checker's version reports unordered accesses.
  template <class T>
  class Plain {
   public:
    Plain() = default;
    explicit Plain(T value) : value_(value) {}
    T get() const noexcept { return value_; }
    void set(T value) noexcept { value_ = value; }

   private:
    T value_{};
  };

  static void light_barrier() noexcept {
    if (asymmetric_) [[likely]] {
      std::atomic_signal_fence(std::memory_order_seq_cst);
    } else {
      // seq_cst read-modify-writes on one word order every thread's earlier stores before its later loads.
      barrier_word_.fetch_add(1, std::memory_order_seq_cst);
    }
  }
  static void heavy_barrier() noexcept;
  static void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  }
  // Others first, for longer.
  static void yield() noexcept { sched_yield(); }

  // Asks the kernel for membarrier. Idempotent; every scheduler calls it before its first worker runs.
  static bool enable_asymmetric_barriers() noexcept;
  static bool asymmetric() noexcept { return asymmetric_; }

 private:
  // barrier_word_: written by both barriers on any thread; read by nobody.
  static std::atomic<std::uint32_t> barrier_word_;
  // written by  enable_asymmetric_barriers, before any worker of the first scheduler runs; read by everyone after.
  static bool asymmetric_;
};

}  // namespace weft
