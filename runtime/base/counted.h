#pragma once
// counted: an object that several owners share and the last one destroys, and the pointer that owns.
//
//   threads   references to one object may be copied and dropped on different threads at once; one Ref is used by one thread at a time.
//   why       std::shared_ptr counts inside the C++ library only when the process has threads, and takes two words; here the count lies in
//             the object, and ThreadSanitizer sees it.
//   cost      a Ref is one pointer; a copy and a drop are one read-modify-write each.

#include <atomic>
#include <cstddef>
#include <utility>

namespace weft {

class Counted {
 public:
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  void retain() const noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() const noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 protected:
  // The first reference belongs to the creator: Ref::taking().
  Counted() = default;
  virtual ~Counted() = default;

 private:
  // references_: written by every owner; read by nobody else.
  //   retain      relaxed: its thread owns a reference already, so the object cannot go meanwhile
  //   release     acq_rel: the last owner's destruction comes after every other owner's use
  mutable std::atomic<std::size_t> references_{1};
};

// Owns one reference, or nothing.
template <class T>
class Ref {
 public:
  Ref() = default;
  // Takes over one reference of `object`, which may be null.
  static Ref taking(T* object) noexcept {
    Ref ref;
    ref.object_ = object;
    return ref;
  }
  // One reference more. `object` may be null.
  static Ref sharing(T* object) noexcept {
    if (object != nullptr) object->retain();
    return taking(object);
  }
  Ref(const Ref& other) noexcept : object_(other.object_) {
    if (object_ != nullptr) object_->retain();
  }
  Ref(Ref&& other) noexcept : object_(other.release()) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) object_->release();
  }

  explicit operator bool() const noexcept { return object_ != nullptr; }
  bool operator==(const Ref& other) const noexcept { return object_ == other.object_; }
  T* get() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  // Gives the reference away.
  [[nodiscard]] T* release() noexcept { return std::exchange(object_, nullptr); }

 private:
  T* object_ = nullptr;
};

template <class T, class... Args>
Ref<T> make_counted(Args&&... args) {
  return Ref<T>::taking(new T(std::forward<Args>(args)...));
}

}  // namespace weft
