#pragma once
// said_by: what the error says that a call throws.

#include <string>

namespace weft::tests {

template <class Error, class Function>
std::string said_by(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace weft::tests
