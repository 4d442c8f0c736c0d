#include "weft/runtime/flow/shield_link.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "task/settings.h"

namespace weft::tests {
namespace {

class ShieldLinkEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, ShieldLinkEverywhere, every_setting, setting_name);

Coro<void> finds_until_done() {
  const Future<int> outer = get_running_loop().create_future<int>();
  ShieldLink link(outer.core());
  EXPECT_EQ(link.find(), outer);
  EXPECT_FALSE(link.dropped());
  outer.set_result(1);
  EXPECT_FALSE(link.find()) << "it is done";
  EXPECT_FALSE(link.dropped());
  co_return;
}
TEST_P(ShieldLinkEverywhere, finds_the_outer_future_until_that_is_done) { run_here(finds_until_done()); }

Coro<void> is_told_of_the_end() {
  const Future<int> inner = get_running_loop().create_future<int>();
  const auto link_to = [&inner](const Future<int>& outer) {
    auto link = std::make_shared<ShieldLink>(outer.core());
    outer.add_done_callback(ShieldLinkEnd(link, inner, {}));
    return link;
  };
  Future<int> outer = get_running_loop().create_future<int>();
  const auto dropped = link_to(outer);
  outer = get_running_loop().create_future<int>();
  EXPECT_TRUE(dropped->dropped());
  EXPECT_FALSE(dropped->find());
  const auto cancelled = link_to(outer);
  outer.cancel();
  co_await sleep(1ms);
  outer = {};
  EXPECT_FALSE(cancelled->dropped()) << "it was done before it was destroyed";
  EXPECT_FALSE(cancelled->find());
}
TEST_P(ShieldLinkEverywhere, knows_whether_the_outer_future_was_done_or_dropped) { run_here(is_told_of_the_end()); }

Coro<void> stops_listening() {
  const auto token = std::make_shared<int>();
  const Future<int> inner = get_running_loop().create_future<int>();
  const CallbackId told = inner.add_done_callback([token](const AnyFuture&) {});
  {
    const Future<int> outer = get_running_loop().create_future<int>();
    outer.add_done_callback(ShieldLinkEnd(std::make_shared<ShieldLink>(outer.core()), inner, told));
    EXPECT_EQ(token.use_count(), 2);
  }
  EXPECT_EQ(token.use_count(), 1);
  co_return;
}
TEST_P(ShieldLinkEverywhere, takes_the_inner_callback_away_when_the_outer_future_goes) { run_here(stops_listening()); }

}  // namespace
}  // namespace weft::tests
