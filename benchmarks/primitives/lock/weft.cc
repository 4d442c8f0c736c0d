// Comparison: weft::Lock, and sleep(0) while it is held.
#include "primitives/contended.h"
#include "weft/primitives/lock.h"

namespace {

weft::Coro<long> play(long size) {
  weft::Lock lock;
  co_return co_await contended::play<contended::Inside::yields>(lock, contended::Count::shared, size);
}

}  // namespace

int main(int argc, char** argv) { return bench::run_tasks("lock_weft", argc, argv, contended::problem, play); }
