#include "weft/runtime/flow/interrupt.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace weft {
namespace {

// The runtime that SIGINT goes to. Written by InterruptGuard on the main thread, read by the signal handler, which may run on any thread.
std::atomic<Runtime*> g_interrupted{nullptr};
// SIGINTs since the guard was installed. Written by the handler; read by worker 0.
std::atomic<unsigned> g_count{0};

void on_sigint(int) {
  const int saved = errno;
  g_count.fetch_add(1, std::memory_order_acq_rel);
  if (Runtime* runtime = g_interrupted.load(std::memory_order_acquire); runtime != nullptr) runtime->interrupt();
  errno = saved;
}

}  // namespace

InterruptGuard::InterruptGuard(Runtime& runtime, const AnyTask& main) : runtime_(runtime) {
  if (syscall(SYS_gettid) != getpid()) return;
  if (sigaction(SIGINT, nullptr, &before_) != 0 || before_.sa_handler != SIG_DFL) return;
  g_count.store(0, std::memory_order_release);
  runtime_.set_on_interrupt([this, &runtime, main] {
    const unsigned arrived = g_count.load(std::memory_order_acquire);
    if (arrived == 0) return;  // it came when the previous run had ended
    if (arrived == 1) cancelled_main_ = main.cancel();
    if (arrived != 1 || !cancelled_main_) runtime.stop();
  });
  g_interrupted.store(&runtime, std::memory_order_release);
  struct sigaction action {};
  action.sa_handler = on_sigint;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  installed_ = sigaction(SIGINT, &action, nullptr) == 0;
}

InterruptGuard::~InterruptGuard() {
  if (!installed_) return;
  sigaction(SIGINT, &before_, nullptr);
  g_interrupted.store(nullptr, std::memory_order_release);
  runtime_.set_on_interrupt([] {});
}

bool InterruptGuard::unanswered() const noexcept { return count() > (cancelled_main_ ? 1U : 0U); }

unsigned InterruptGuard::count() const noexcept { return installed_ ? g_count.load(std::memory_order_acquire) : 0; }

}  // namespace weft
