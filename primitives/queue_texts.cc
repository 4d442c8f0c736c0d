#include "weft/primitives/queue_texts.h"

namespace weft {

std::uint64_t QueueTexts::checked_size(std::int64_t maxsize, std::uint64_t most) {
  if (maxsize > 0 && static_cast<std::uint64_t>(maxsize) > most) {
    throw ValueError("Queue: maxsize must be at most " + std::to_string(most) + ", but " + std::to_string(maxsize) +
                     " was given; 0 means no bound");
  }
  return maxsize <= 0 ? most : static_cast<std::uint64_t>(maxsize);
}

void QueueTexts::refuse_empty(const std::string& queue) {
  throw QueueEmpty("get_nowait(): " + queue + " is empty; co_await get() waits for an item");
}
void QueueTexts::refuse_full(const std::string& queue) {
  throw QueueFull("put_nowait(): " + queue + " is full; co_await put() waits for room");
}
void QueueTexts::refuse_shut_down(const std::string& queue) { throw QueueShutDown(queue + " was shut down"); }
void QueueTexts::refuse_done(std::uint64_t count, std::uint64_t unfinished) {
  throw ValueError("task_done() called too many times: " + std::to_string(count) + " at once, but " +
                   std::to_string(unfinished) + " items are unfinished");
}

std::string QueueTexts::describe(std::string opening, const Numbers& numbers) {
  const auto add = [&opening](const char* what, std::uint64_t number) { opening += what + std::to_string(number); };
  if (numbers.maxsize != 0) add(" maxsize=", numbers.maxsize);
  add(" size=", numbers.size);
  if (numbers.getters != 0) add(" getters=", numbers.getters);
  if (numbers.putters != 0) add(" putters=", numbers.putters);
  if (numbers.unfinished != 0) add(" unfinished=", numbers.unfinished);
  return opening + (numbers.shut_down ? " shutdown>" : ">");
}

}  // namespace weft
