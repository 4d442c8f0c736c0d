// [transfer]
#include "weft/testing/cancel_everywhere.h"
#include "weft/weft.h"

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

struct Accounts {
  int from = 100;
  int to = 0;
};

weft::Coro<void> transfer(Accounts& accounts) {
  accounts.from -= 10;
  try {
    co_await weft::sleep(20ms);  // the other bank answers
  } catch (const weft::CancelledError&) {
    accounts.from += 10;  // without this line the check says at which await the money was lost
    throw;
  }
  accounts.to += 10;
}

weft::Coro<void> two_transfers(weft::testing::Probe& probe) {
  auto& accounts = probe.keep<Accounts>();
  probe.at_end([&] { probe.expect(accounts.from + accounts.to == 100, "money was lost"); });
  co_await transfer(accounts);
  co_await transfer(accounts);
}

int main() {
  weft::testing::cancel_everywhere(two_transfers).check();
  std::puts("no cancel loses money");
}
// [/transfer]
