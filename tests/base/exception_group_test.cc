#include "weft/runtime/base/exception_group.h"

#include <gtest/gtest.h>

#include <atomic>
#include <exception>
#include <functional>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/base/errors.h"

namespace weft {
namespace {

template <class Error>
std::exception_ptr error(Error given) {
  return std::make_exception_ptr(std::move(given));
}

std::string name_of(const std::exception_ptr& pointer);

// As Python's repr(), with the types that are used here.
std::string show(const BaseExceptionGroup& group) {
  std::string text = dynamic_cast<const ExceptionGroup*>(&group) != nullptr ? "ExceptionGroup" : "BaseExceptionGroup";
  text += "(" + group.message();
  for (const std::exception_ptr& each : group.exceptions()) text += ", " + name_of(each);
  return text + ")";
}
template <class Group>
std::string show(const std::optional<Group>& group) {
  return group ? name_of(group->pointer()) : "None";
}

std::string name_of(const std::exception_ptr& pointer) {
  try {
    std::rethrow_exception(pointer);
  } catch (const BaseExceptionGroup& group) {
    return show(group);
  } catch (const ValueError& value) {
    return std::string("ValueError ") + value.what();
  } catch (const CancelledError& cancelled) {
    return "CancelledError " + cancelled.message();
  } catch (const KeyboardInterrupt&) {
    return "KeyboardInterrupt";
  } catch (const std::exception& other) {
    return std::string("other ") + other.what();
  } catch (...) {
    return "unknown";
  }
}

// What the tests ask CPython too: top(ValueError a, in(KeyboardInterrupt, ValueError b), in2(RuntimeError t)).
BaseExceptionGroup nested() {
  return BaseExceptionGroup(
      "top", {error(ValueError("a")), make_exception_group("in", {error(KeyboardInterrupt()), error(ValueError("b"))}),
              make_exception_group("in2", {error(RuntimeError("t"))})});
}

TEST(ExceptionGroup, says_its_message_and_how_many_errors_it_has) {
  const ExceptionGroup two("unhandled errors in a TaskGroup", {error(ValueError("a")), error(ValueError("b"))});
  EXPECT_EQ(two.message(), "unhandled errors in a TaskGroup");
  EXPECT_STREQ(two.what(), "unhandled errors in a TaskGroup (2 sub-exceptions)");
  EXPECT_EQ(two.size(), 2u);
  EXPECT_STREQ(ExceptionGroup("m", {error(ValueError("a"))}).what(), "m (1 sub-exception)");
  EXPECT_STREQ(ExceptionGroup("", {error(ValueError("a"))}).what(), " (1 sub-exception)");
}

TEST(ExceptionGroup, gives_the_very_errors_it_was_made_of) {
  const std::vector<std::exception_ptr> errors{error(ValueError("a")), error(RuntimeError("b"))};
  EXPECT_EQ(ExceptionGroup("m", errors).exceptions(), errors);
  const StoredError stored(errors[0]);
  EXPECT_EQ(ExceptionGroup("m", std::vector{stored}).exceptions().at(0), errors[0]);
}

TEST(ExceptionGroup, is_caught_as_a_std_exception_and_as_a_base_group) {
  static_assert(std::is_base_of_v<BaseExceptionGroup, ExceptionGroup>);
  std::string caught;
  try {
    try {
      throw ExceptionGroup("m", {error(ValueError("a"))});
    } catch (const BaseExceptionGroup& group) {
      caught = std::string(group.what()) + ", then ";
      throw;
    }
  } catch (const std::exception& group) {
    caught += group.what();
  }
  EXPECT_EQ(caught, "m (1 sub-exception), then m (1 sub-exception)");
}

TEST(BaseExceptionGroup, is_no_std_exception) {
  static_assert(!std::is_base_of_v<std::exception, BaseExceptionGroup>);
  std::string caught;
  try {
    std::rethrow_exception(make_exception_group("m", {error(ValueError("a")), error(CancelledError("stop"))}));
  } catch (const std::exception&) {
    caught = "as a std::exception";
  } catch (const BaseExceptionGroup& group) {
    caught = group.what();
  }
  EXPECT_EQ(caught, "m (2 sub-exceptions)");
}

TEST(BaseExceptionGroup, is_made_an_exception_group_when_every_error_is_a_std_exception) {
  EXPECT_EQ(name_of(make_exception_group("m", {error(ValueError("a"))})), "ExceptionGroup(m, ValueError a)");
  EXPECT_EQ(name_of(make_exception_group("m", {error(ValueError("a")), error(CancelledError("c"))})),
            "BaseExceptionGroup(m, ValueError a, CancelledError c)");
  const std::exception_ptr inner = make_exception_group("in", {error(KeyboardInterrupt())});
  EXPECT_EQ(name_of(make_exception_group("m", {inner})),
            "BaseExceptionGroup(m, BaseExceptionGroup(in, KeyboardInterrupt))");
  EXPECT_EQ(name_of(make_exception_group("m", {error(7)})), "BaseExceptionGroup(m, unknown)");
}

TEST(BaseExceptionGroup, throws_itself_as_what_it_is) {
  const BaseExceptionGroup harmless("m", {error(ValueError("a"))});
  EXPECT_THROW(harmless.raise(), ExceptionGroup);
  const BaseExceptionGroup other("m", {error(CancelledError())});
  try {
    other.raise();
  } catch (const std::exception&) {
    ADD_FAILURE() << "a group with a cancellation was caught as a std::exception";
  } catch (const BaseExceptionGroup& group) {
    EXPECT_EQ(group.size(), 1u);
  }
}

std::string refusal(const std::function<void()>& make) {
  try {
    make();
  } catch (const ValueError& refused) {
    return refused.what();
  }
  return "nothing was refused";
}

TEST(ExceptionGroup, refuses_to_be_made_of_nothing) {
  const std::vector<std::exception_ptr> none;
  EXPECT_EQ(refusal([&none] { ExceptionGroup("m", none); }),
            "an exception group is made of at least one error; \"m\" was given none: ask before you make it");
  EXPECT_THROW(make_exception_group("m", none), ValueError);
}

TEST(ExceptionGroup, refuses_a_null_pointer) {
  EXPECT_EQ(refusal([] {
              ExceptionGroup("m", {error(ValueError("a")), nullptr});
            }),
            "item 1 of the exception group \"m\" is a null pointer; give exceptions only");
}

TEST(ExceptionGroup, refuses_what_is_no_std_exception) {
  EXPECT_EQ(refusal([] {
              ExceptionGroup("m", {error(ValueError("a")), error(CancelledError("stop"))});
            }),
            "an ExceptionGroup holds std::exceptions only, and \"m\" was given weft::CancelledError: stop; use "
            "make_exception_group, which makes a BaseExceptionGroup of them");
}

TEST(ExceptionGroup, is_split_by_type_as_cpython_splits_it) {
  const auto values = nested().split<ValueError>();
  EXPECT_EQ(show(values.match), "ExceptionGroup(top, ValueError a, ExceptionGroup(in, ValueError b))");
  EXPECT_EQ(show(values.rest),
            "BaseExceptionGroup(top, BaseExceptionGroup(in, KeyboardInterrupt), ExceptionGroup(in2, other t))");
  const auto standard = nested().split<std::exception>();
  EXPECT_EQ(show(standard.match),
            "ExceptionGroup(top, ValueError a, ExceptionGroup(in, ValueError b), ExceptionGroup(in2, other t))");
  EXPECT_EQ(show(standard.rest), "BaseExceptionGroup(top, BaseExceptionGroup(in, KeyboardInterrupt))");
}

TEST(ExceptionGroup, takes_a_nested_group_as_a_whole_when_it_matches_itself) {
  const auto groups = nested().split<ExceptionGroup>();
  EXPECT_EQ(show(groups.match), "ExceptionGroup(top, ExceptionGroup(in2, other t))");
  EXPECT_EQ(show(groups.rest),
            "BaseExceptionGroup(top, ValueError a, BaseExceptionGroup(in, KeyboardInterrupt, ValueError b))");
}

TEST(ExceptionGroup, that_matches_itself_has_no_rest) {
  const auto whole = nested().split<BaseExceptionGroup>();
  EXPECT_EQ(show(whole.match), show(nested()));
  EXPECT_EQ(show(whole.rest), "None");
}

TEST(ExceptionGroup, has_no_match_where_nothing_is_of_the_type) {
  const auto none = nested().split<std::bad_alloc>();
  EXPECT_EQ(show(none.match), "None");
  EXPECT_EQ(show(none.rest), show(nested()));
  EXPECT_FALSE(nested().subgroup<std::bad_alloc>());
}

TEST(ExceptionGroup, is_split_by_several_types_at_once) {
  const auto both = nested().split<KeyboardInterrupt, RuntimeError>();
  EXPECT_EQ(show(both.match),
            "BaseExceptionGroup(top, BaseExceptionGroup(in, KeyboardInterrupt), ExceptionGroup(in2, other t))");
  EXPECT_EQ(show(both.rest), "ExceptionGroup(top, ValueError a, ExceptionGroup(in, ValueError b))");
}

TEST(ExceptionGroup, asks_a_predicate_about_groups_first_and_then_about_what_is_in_them) {
  std::vector<std::string> asked;
  const auto nothing = nested().subgroup([&asked](const std::exception_ptr& about) {
    asked.push_back(name_of(about).substr(0, 12));
    return false;
  });
  EXPECT_FALSE(nothing);
  EXPECT_EQ(asked, (std::vector<std::string>{"BaseExceptio", "ValueError a", "BaseExceptio", "KeyboardInte",
                                             "ValueError b", "ExceptionGro", "other t"}));
}

TEST(ExceptionGroup, is_split_by_a_predicate) {
  const auto is_b = [](const std::exception_ptr& about) { return name_of(about) == "ValueError b"; };
  EXPECT_EQ(show(nested().subgroup(is_b)), "ExceptionGroup(top, ExceptionGroup(in, ValueError b))");
  EXPECT_EQ(
      show(nested().split(is_b).rest),
      "BaseExceptionGroup(top, ValueError a, BaseExceptionGroup(in, KeyboardInterrupt), ExceptionGroup(in2, other t))");
}

TEST(ExceptionGroup, gives_parts_that_are_exception_groups_to_throw) {
  const ExceptionGroup group("m", {error(ValueError("a")), error(RuntimeError("b"))});
  const auto [match, rest] = group.split<ValueError>();
  static_assert(std::is_same_v<decltype(rest), const std::optional<ExceptionGroup>>);
  ASSERT_TRUE(match && rest);
  try {
    throw *rest;
  } catch (const std::exception& caught) {
    EXPECT_STREQ(caught.what(), "m (1 sub-exception)");
  }
  EXPECT_EQ(show(group.subgroup<RuntimeError>()), "ExceptionGroup(m, other b)");
  const auto all = [](const std::exception_ptr&) { return true; };
  EXPECT_EQ(show(group.subgroup(all)), show(group));
  EXPECT_FALSE(group.split(all).rest);
}

TEST(ExceptionGroup, keeps_the_errors_themselves_in_its_parts) {
  const std::exception_ptr a = error(ValueError("a"));
  const std::exception_ptr b = error(RuntimeError("b"));
  const ExceptionGroup group("m", {a, b});
  EXPECT_EQ(group.subgroup<ValueError>()->exceptions(), std::vector{a});
  EXPECT_EQ(group.split<ValueError>().rest->exceptions(), std::vector{b});
}

TEST(ExceptionGroup, gives_its_leaves_at_any_depth_in_order) {
  std::string names;
  for (const std::exception_ptr& leaf : nested().leaves()) names += name_of(leaf) + "; ";
  EXPECT_EQ(names, "ValueError a; KeyboardInterrupt; ValueError b; other t; ");
}

TEST(ExceptionGroup, prints_a_tree_with_a_line_for_each_error) {
  EXPECT_EQ(nested().format(),
            "weft::BaseExceptionGroup: top (3 sub-exceptions)\n"
            "    1: weft::ValueError: a\n"
            "    2: weft::BaseExceptionGroup: in (2 sub-exceptions)\n"
            "        1: weft::KeyboardInterrupt: interrupted by SIGINT\n"
            "        2: weft::ValueError: b\n"
            "    3: weft::ExceptionGroup: in2 (1 sub-exception)\n"
            "        1: weft::RuntimeError: t");
}

TEST(ExceptionGroup, prints_further_lines_of_a_text_below_its_first_and_a_type_alone_where_there_is_no_text) {
  const BaseExceptionGroup group("m", {error(ValueError("one\ntwo")), error(7), error(CancelledError())});
  EXPECT_EQ(group.format(),
            "weft::BaseExceptionGroup: m (3 sub-exceptions)\n"
            "    1: weft::ValueError: one\n"
            "        two\n"
            "    2: int\n"
            "    3: weft::CancelledError");
}

TEST(ExceptionGroup, is_copied_split_and_dropped_on_several_threads) {
  std::atomic<int> found{0};
  {
    const ExceptionGroup group("m", {error(ValueError("a")), make_exception_group("in", {error(RuntimeError("b"))})});
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([group, &found] {
        for (int round = 0; round < 100; ++round) {
          const ExceptionGroup mine = group;
          found += mine.split<RuntimeError>().match.has_value() ? 1 : 0;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(found, 400);
}

}  // namespace
}  // namespace weft
