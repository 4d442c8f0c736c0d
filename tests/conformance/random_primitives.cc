#include "conformance/random_primitives.h"

namespace weft::conformance {
namespace {

std::string yes(bool is) { return is ? "yes" : "no"; }

}  // namespace

Coro<RandomPrimitives::Words> RandomPrimitives::wait(const Statement& statement) {
  const std::string& op = statement.op;
  const std::string& word = statement.args[0];
  bool given = true;
  if (op == "lock") {
    given = co_await lock(word).acquire();
  } else if (op == "down") {
    given = co_await semaphore(word).acquire();
  } else if (op == "event") {
    given = co_await event(word).wait();
  } else if (op == "condition") {
    given = co_await condition_.wait();
  } else if (op == "reset") {
    co_await barrier(word).reset();
    co_return Words(1, "reset");
  } else if (op == "abort") {
    co_await barrier(word).abort();
    co_return Words(1, "aborted");
  } else {
    Words words(1, "number");
    const int number = co_await barrier(word).wait();
    words.push_back(std::to_string(number));
    words.push_back(std::to_string(barrier(word).n_waiting()));
    words.push_back(yes(barrier(word).broken()));
    co_return words;
  }
  co_return Words(1, yes(given));
}

std::string RandomPrimitives::act(const Statement& statement) {
  const std::string& op = statement.op;
  const std::string& word = statement.args[0];
  if (op == "locked") return yes(word[0] == 's' ? semaphore(word).locked() : lock(word).locked());
  if (op == "unlock") {
    lock(word).release();
  } else if (op == "up") {
    semaphore(word).release();
  } else if (op == "set_event") {
    event(word).set();
  } else if (op == "clear") {
    event(word).clear();
  } else {
    condition_.notify(static_cast<std::size_t>(std::stoi(statement.args[1])));
  }
  return "None";
}

std::optional<RandomPrimitives::Words> RandomPrimitives::at_once(const Statement& statement) {
  static const std::set<std::string> all = {"locked", "unlock", "up", "set_event", "clear", "notify"};
  if (!all.contains(statement.op)) return std::nullopt;
  try {
    return Words(1, act(statement));
  } catch (const RuntimeError&) {
    return Words(1, "R");
  } catch (const ValueError&) {
    return Words(1, "V");
  }
}

}  // namespace weft::conformance
