#pragma once
// name: what a program calls one of its primitives, as its description shows it. Costs a pointer where none is given.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace weft {

class Name {
 public:
  Name() noexcept = default;
  Name(std::string_view text) : text_(text.empty() ? nullptr : std::make_unique<const std::string>(text)) {}
  Name(const char* text) : Name(std::string_view(text)) {}
  Name(const std::string& text) : Name(std::string_view(text)) {}

  std::string_view view() const noexcept { return text_ == nullptr ? std::string_view() : *text_; }
  // "<Lock", or "<Lock 'database'".
  std::string opening(std::string_view type) const {
    std::string text = "<";
    text += type;
    return text_ == nullptr ? text : text + " '" + *text_ + "'";
  }

 private:
  std::unique_ptr<const std::string> text_;
};

}  // namespace weft
