#include "weft/runtime/task/call_frame.h"

namespace weft {
namespace {

bool opens(char c) noexcept { return c == '(' || c == '<' || c == '{' || c == '['; }
bool closes(char c) noexcept { return c == ')' || c == '>' || c == '}' || c == ']'; }

// Where the bracket that the text ends with was opened; npos when it was not.
std::size_t opening_of_last(std::string_view text) noexcept {
  int depth = 0;
  for (std::size_t i = text.size(); i-- > 0;) {
    if (closes(text[i])) ++depth;
    if (opens(text[i]) && --depth == 0) return i;
  }
  return std::string_view::npos;
}

void strip_end(std::string_view& text, std::string_view end) noexcept {
  if (text.ends_with(end)) text.remove_suffix(end.size());
}

}  // namespace

std::string qualified_name(std::string_view pretty) {
  std::string_view text = pretty;
  if (text.ends_with(']')) {  // clang's and g++'s list of template arguments
    if (const std::size_t open = opening_of_last(text); open != std::string_view::npos) text = text.substr(0, open);
  }
  for (const std::string_view end : {" ", " noexcept", " &", " &&", " volatile", " const"}) strip_end(text, end);
  if (text.ends_with(')')) {  // the parameters
    if (const std::size_t open = opening_of_last(text); open != std::string_view::npos && open != 0)
      text = text.substr(0, open);
  }
  int depth = 0;
  for (std::size_t i = text.size(); i-- > 0;) {
    if (closes(text[i])) ++depth;
    if (opens(text[i])) --depth;
    if (text[i] == ' ' && depth == 0) return std::string(text.substr(i + 1));
  }
  return std::string(text);
}

std::string CallFrame::function() const { return qualified_name(where_.function_name()); }

std::string CallFrame::to_string() const {
  return std::string("File '") + file() + "', line " + std::to_string(line()) + ", in async " + function() + "()";
}

std::string place_of(const std::source_location& where) {
  if (where.line() == 0) return {};
  return std::string(where.file_name()) + ":" + std::to_string(where.line());
}

}  // namespace weft
