#include "weft/runtime/task/call_frame.h"

#include <gtest/gtest.h>

namespace weft::tests {
namespace {

TEST(CallFrame, shortens_what_clang_says_to_the_qualified_name) {
  EXPECT_EQ(qualified_name("weft::Coro<int> add(int, int)"), "add");
  EXPECT_EQ(qualified_name("weft::Coro<std::vector<int>> ns::S<double>::member(X) const [X = double]"),
            "ns::S<double>::member");
  EXPECT_EQ(qualified_name("auto main()::(anonymous class)::operator()(int) const"),
            "main()::(anonymous class)::operator()");
  EXPECT_EQ(qualified_name("weft::Coro<> (anonymous namespace)::f(void (*)(int))"), "(anonymous namespace)::f");
}

TEST(CallFrame, shortens_what_gcc_says_to_the_qualified_name) {
  EXPECT_EQ(qualified_name("void plain(plain(int, const char*)::_Z5plainiPKc.Frame*)"), "plain");
  EXPECT_EQ(qualified_name("weft::Coro<int> ns::S<X>::member(X) const [with X = double]"), "ns::S<X>::member");
  EXPECT_EQ(qualified_name("main()::<lambda(int)>"), "main()::<lambda(int)>");
  EXPECT_EQ(qualified_name("void main()::<lambda(int)>::operator()(main()::<lambda(int)>::_ZZ4mainE.Frame*)"),
            "main()::<lambda(int)>::operator()");
}

TEST(CallFrame, leaves_what_it_does_not_know_alone) {
  EXPECT_EQ(qualified_name(""), "");
  EXPECT_EQ(qualified_name("main"), "main");
  EXPECT_EQ(qualified_name("odd)"), "odd)");
}

TEST(CallFrame, prints_as_asyncio_prints_a_frame) {
  const auto here = std::source_location::current();
  const CallFrame frame(here);
  EXPECT_EQ(frame.line(), here.line());
  const std::string text = frame.to_string();
  EXPECT_EQ(text, std::string("File '") + here.file_name() + "', line " + std::to_string(here.line()) + ", in async " +
                      frame.function() + "()");
  EXPECT_NE(text.find("TestBody"), std::string::npos) << text;
}

TEST(CallFrame, a_place_that_nobody_gave_is_empty) {
  EXPECT_EQ(place_of(std::source_location()), "");
  const auto here = std::source_location::current();
  EXPECT_EQ(place_of(here), std::string(here.file_name()) + ":" + std::to_string(here.line()));
}

}  // namespace
}  // namespace weft::tests
