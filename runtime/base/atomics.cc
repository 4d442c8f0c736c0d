#include "weft/runtime/base/atomics.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mutex>

namespace weft {

bool StdAtomics::asymmetric_ = false;
// barrier_word_: written by every heavy barrier, read by none: a read-modify-write orders this thread's own accesses (seq_cst), and where
//   the kernel has no membarrier it meets the light barrier's.
std::atomic<std::uint32_t> StdAtomics::barrier_word_{0};

void StdAtomics::heavy_barrier() noexcept {
  barrier_word_.fetch_add(1, std::memory_order_seq_cst);
  if (asymmetric_) syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

bool StdAtomics::enable_asymmetric_barriers() noexcept {
  static std::once_flag once;
  std::call_once(once,
                 [] { asymmetric_ = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0; });
  return asymmetric_;
}

}  // namespace weft
