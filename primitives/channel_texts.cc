#include "weft/primitives/channel_texts.h"

namespace weft {

std::uint64_t ChannelTexts::checked_capacity(std::int64_t capacity, std::uint64_t most) {
  if (capacity < 0) {
    throw ValueError("channel: capacity must be >= 0, but " + std::to_string(capacity) +
                     " was given; 0 means no bound");
  }
  if (static_cast<std::uint64_t>(capacity) > most) {
    throw ValueError("channel: capacity must be at most " + std::to_string(most) + ", but " + std::to_string(capacity) +
                     " was given; 0 means no bound");
  }
  return capacity == 0 ? most : static_cast<std::uint64_t>(capacity);
}

void ChannelTexts::refuse_empty(const std::string& channel) {
  throw QueueEmpty("receive_nowait(): " + channel + " is empty; co_await receive() waits for an item");
}
void ChannelTexts::refuse_full(const std::string& channel) {
  throw QueueFull("send_nowait(): " + channel + " is full; co_await send() waits for room");
}
void ChannelTexts::refuse_shut_down(const std::string& channel) {
  throw ChannelClosed(channel + " is at its end: it was closed, or its senders or its receivers have gone");
}

std::string ChannelTexts::describe(std::string opening, const Numbers& numbers) {
  const auto add = [&opening](const char* what, std::uint64_t number) { opening += what + std::to_string(number); };
  if (numbers.capacity != 0) add(" capacity=", numbers.capacity);
  add(" size=", numbers.size);
  add(" senders=", numbers.senders);
  add(" receivers=", numbers.receivers);
  if (numbers.waiting != 0) add(" waiting=", numbers.waiting);
  return opening + (numbers.closed ? " closed>" : ">");
}

}  // namespace weft
