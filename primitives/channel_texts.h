#pragma once
// channel_texts: what channels say of themselves, and of what they refuse; in the shape of QueueTexts.

#include <cstdint>
#include <string>

#include "weft/primitives/channel_closed.h"
#include "weft/primitives/queue_errors.h"

namespace weft {

class ChannelTexts {
 public:
  // In call graphs.
  static constexpr const char* kPut = "ChannelSender.send";
  static constexpr const char* kPutMany = "ChannelSender.send_many";
  static constexpr const char* kGet = "ChannelReceiver.receive";
  static constexpr const char* kGetMany = "ChannelReceiver.receive_many";

  // ValueError for a capacity that is negative or too large. 0: no bound.
  static std::uint64_t checked_capacity(std::int64_t capacity, std::uint64_t most);
  [[noreturn]] static void refuse_empty(const std::string& channel);
  [[noreturn]] static void refuse_full(const std::string& channel);
  [[noreturn]] static void refuse_shut_down(const std::string& channel);

  struct Numbers {
    std::uint64_t capacity, size, senders, receivers, waiting;  // capacity 0: no bound
    bool closed;
  };
  static std::string describe(std::string opening, const Numbers& numbers);
};

}  // namespace weft
