// Comparison: weft::Semaphore(2), and sleep(0) while a permit is held.
#include "primitives/contended.h"
#include "weft/primitives/semaphore.h"

namespace {

weft::Coro<long> play(long size) {
  weft::Semaphore semaphore(contended::permits);
  const long turns = co_await contended::play<contended::Inside::yields>(semaphore, contended::Count::each, size);
  co_return semaphore.value() == contended::permits ? turns : -1;
}

}  // namespace

int main(int argc, char** argv) { return bench::run_tasks("semaphore_weft", argc, argv, contended::problem, play); }
