// Comparison: weft::Lock, and nothing but a count while it is held.
#include "primitives/contended.h"
#include "weft/primitives/lock.h"

namespace {

weft::Coro<long> play(long size) {
  weft::Lock lock;
  co_return co_await contended::play<contended::Inside::bare>(lock, contended::Count::shared, size);
}

}  // namespace

int main(int argc, char** argv) { return bench::run_tasks("lock_weft_bare", argc, argv, contended::problem, play); }
