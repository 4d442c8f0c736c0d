#pragma once
// futures: what the models of futures share: a list of listeners that reports unordered accesses, and a future that is freed.

#include <array>
#include <cstdint>
#include <memory>

#include "model/explore.h"
#include "weft/runtime/task/future_word.h"

namespace weft::model {

class Listener {
 public:
  bool linked() const { return linked_.get(); }
  void set_linked(bool linked) { linked_.set(linked); }

 private:
  Plain<bool> linked_;
};

// Of a few; what is in it is read and written as IntrusiveList does, under the same lock.
template <class L>
class Listeners {
 public:
  void push_back(L& added) {
    items_[size_.get()] = &added;
    size_.set(size_.get() + 1);
    added.set_linked(true);
  }
  void remove(L& removed) {
    std::size_t at = 0;
    while (items_[at] != &removed) ++at;
    for (; at + 1 < size_.get(); ++at) items_[at] = items_[at + 1];
    size_.set(size_.get() - 1);
    removed.set_linked(false);
  }
  L* pop_front() {
    if (size_.get() == 0) return nullptr;
    L* first = items_[0];
    remove(*first);
    return first;
  }
  void append(Listeners& other) {
    const std::size_t size = other.size_.get();
    for (std::size_t i = 0; i < size; ++i) items_[size_.get() + i] = other.items_[i];
    size_.set(size_.get() + size);
    other.size_.set(0);
  }
  std::size_t size() const { return size_.get(); }
  L* at(std::size_t index) const { return items_[index]; }

 private:
  std::array<L*, 3> items_{};
  Plain<std::size_t> size_;
};

// L: has told(), which is called without the lock.
template <class L>
class Future {
 public:
  using Word = FutureWord<Atomics>;

  // keeps_word: as the memory of a task's cell, which may be looked at after its end.
  explicit Future(std::uint32_t references, bool keeps_word = false) : keeps_word_(keeps_word) {
    std::construct_at(&word_);
    word_.live(references);
  }
  ~Future() {
    if (frees_ == 0 || keeps_word_) std::destroy_at(&word_);
  }

  Word& word() { return word_; }
  bool done() { return (word_.state() & Word::kDone) != 0; }
  bool begin_set() { return word_.begin_set(); }
  // As FutureCore::publish(): the outcome is also left in a plain cell.
  void publish(std::uint64_t outcome, std::uint64_t references = 0) {
    value_.set(outcome);
    const typename Word::Published published = word_.publish(outcome, references);
    if (published == Word::Published::last) free();
    if (published != Word::Published::listened) return;
    Listeners<L> told;
    word_.publish_to_listeners(outcome, listeners_, told);
    while (L* listener = told.pop_front()) listener->told();
    if (references != 0) release();
  }
  bool set(std::uint64_t outcome) {
    if (!begin_set()) return false;
    publish(outcome);
    return true;
  }
  // False: listen() and told() would come later.
  bool try_publish_result() {
    value_.set(Word::kResult);
    return word_.try_publish_result(0, 0);
  }
  bool listen(L& listener) { return word_.listen(listeners_, listener); }
  bool unlisten(L& listener) { return word_.unlisten(listeners_, listener); }
  // Who knows that it is done.
  std::uint64_t outcome() {
    const std::uint64_t outcome = word_.state() & Word::kDone;
    check(outcome != 0 && (outcome & (outcome - 1)) == 0, "it has one outcome");
    check(value_.get() == outcome, "who sees it done sees the outcome");
    return outcome;
  }
  void release() {
    if (word_.release()) free();
  }
  int frees() const { return frees_; }

 private:
  void free() {
    check(++frees_ == 1, "it is freed once");
    value_.set(0);  // a destructor: all others' uses come before
    if (!keeps_word_) std::destroy_at(&word_);
  }

  union {
    Word word_;
  };
  const bool keeps_word_;
  Plain<std::uint64_t> value_;
  Listeners<L> listeners_;
  int frees_ = 0;
};

}  // namespace weft::model
