#pragma once
// call_frame: one coroutine of a suspended chain, and where it awaits.
//
//   asyncio   the frames of Task.get_stack and of FrameCallGraphEntry.
//   threads   a value; what it points at lives as long as the program.

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>

namespace weft {

class CallFrame {
 public:
  // The last co_await that the coroutine has reached; before the first one, where it is defined.
  explicit CallFrame(const std::source_location& where) noexcept : where_(where) {}

  const char* file() const noexcept { return where_.file_name(); }
  std::uint_least32_t line() const noexcept { return where_.line(); }
  // Its qualified name without types, e.g. "server::handle".
  std::string function() const;
  // "File 'server.cc', line 12, in async server::handle()"
  std::string to_string() const;

 private:
  std::source_location where_;
};

// "server.cc:12"; empty for a location that nobody gave.
std::string place_of(const std::source_location& where);

// The qualified name in what a compiler says of a function: "weft::Coro<int> ns::f(T) [T = int]" -> "ns::f".
std::string qualified_name(std::string_view pretty);

}  // namespace weft
