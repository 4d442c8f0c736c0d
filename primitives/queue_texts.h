#pragma once
// queue_texts: what queues say of themselves, and of what they refuse.

#include <cstdint>
#include <string>

#include "weft/primitives/queue_errors.h"

namespace weft {

class QueueTexts {
 public:
  // In call graphs.
  static constexpr const char* kPut = "Queue.put";
  static constexpr const char* kPutMany = "Queue.put_many";
  static constexpr const char* kGet = "Queue.get";
  static constexpr const char* kGetMany = "Queue.get_many";

  // ValueError for a size that is too large. Not above zero: no bound.
  static std::uint64_t checked_size(std::int64_t maxsize, std::uint64_t most);
  [[noreturn]] static void refuse_empty(const std::string& queue);
  [[noreturn]] static void refuse_full(const std::string& queue);
  [[noreturn]] static void refuse_shut_down(const std::string& queue);
  [[noreturn]] static void refuse_done(std::uint64_t count, std::uint64_t unfinished);

  struct Numbers {
    std::uint64_t maxsize, size, getters, putters, unfinished;  // maxsize 0: no bound
    bool shut_down;
  };
  static std::string describe(std::string opening, const Numbers& numbers);
};

}  // namespace weft
