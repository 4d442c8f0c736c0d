#include "model/quarantine.h"

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

namespace weft::model {
namespace {

// Not from operator new, which asks here.
template <class T>
struct FromMalloc {
  using value_type = T;
  FromMalloc() = default;
  template <class U>
  FromMalloc(const FromMalloc<U>&) noexcept {}
  T* allocate(std::size_t count) {
    void* memory = std::malloc(count * sizeof(T));
    if (memory == nullptr) throw std::bad_alloc();
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t) noexcept { std::free(memory); }
  bool operator==(const FromMalloc&) const = default;
};

bool g_keeps = false;
std::vector<void*, FromMalloc<void*>> g_kept;

}  // namespace

Quarantine::Quarantine() noexcept { g_keeps = true; }

Quarantine::~Quarantine() {
  g_keeps = false;
  for (void* memory : g_kept) std::free(memory);
  g_kept.clear();
}

}  // namespace weft::model

void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void operator delete(void* memory) noexcept {
  if (weft::model::g_keeps && memory != nullptr) {
    weft::model::g_kept.push_back(memory);
  } else {
    std::free(memory);
  }
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
