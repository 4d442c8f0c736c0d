#pragma once
// living: which of some objects live, for others that outlive theirs and have kept its address only.
//
//   threads   every member from any thread.
//   rule      what if_alive() does with the object is over before leave() returns: who leaves and then looks finds all of it.

#include <mutex>
#include <set>

namespace weft {

template <class Object, class Mutex = std::mutex>
class Living {
 public:
  void join(const Object& object) {
    const std::lock_guard guard(mutex_);
    objects_.insert(&object);
  }
  void leave(const Object& object) {
    const std::lock_guard guard(mutex_);
    objects_.erase(&object);
  }
  // Calls use() while the object is held alive. False: it is gone. use() must not come back here.
  template <class Use>
  bool if_alive(const Object* object, Use use) {
    const std::lock_guard guard(mutex_);
    if (!objects_.contains(object)) return false;
    use();
    return true;
  }

 private:
  Mutex mutex_;  // over what follows, and while use() runs
  std::set<const Object*> objects_;
};

}  // namespace weft
