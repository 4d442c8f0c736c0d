#include "weft/runtime/task/context_map.h"

#include <algorithm>
#include <atomic>
#include <bit>

namespace weft {
namespace {

// Numbers of variables. Written by whoever makes one; relaxed: only uniqueness counts.
std::atomic<std::uint64_t> g_variables{0};

}  // namespace

ContextVariable::ContextVariable(std::string_view name, Ref<const ContextBinding> fallback)
    : number_(g_variables.fetch_add(1, std::memory_order_relaxed)), name_(name), fallback_(std::move(fallback)) {}
ContextVariable::~ContextVariable() = default;

ContextMap::ContextMap(std::uint32_t present, std::vector<Entry> entries) noexcept
    : present_(present), entries_(std::move(entries)) {
  for (const Entry& entry : entries_) size_ += entry.binding ? 1 : entry.child->size_;
}

Ref<const ContextMap> ContextMap::make(std::uint32_t present, std::vector<Entry> entries) {
  return Ref<const ContextMap>::taking(new ContextMap(present, std::move(entries)));
}

std::size_t ContextMap::index_of(std::uint32_t bit) const noexcept {
  return static_cast<std::size_t>(std::popcount(present_ & (bit - 1)));
}

Ref<const ContextMap> ContextMap::replaced(std::size_t index, Entry entry) const {
  std::vector<Entry> entries = entries_;
  entries[index] = std::move(entry);
  return make(present_, std::move(entries));
}

const ContextBinding* ContextMap::find(const ContextMap* map, std::uint64_t number) noexcept {
  for (unsigned level = 0; map != nullptr; ++level) {
    const std::uint32_t bit = bit_of(number, level);
    if ((map->present_ & bit) == 0) return nullptr;
    const Entry& entry = map->entries_[map->index_of(bit)];
    if (entry.binding) return entry.binding->number() == number ? entry.binding.get() : nullptr;
    map = entry.child.get();
  }
  return nullptr;
}

Ref<const ContextMap> ContextMap::with(const ContextMap* map, Ref<const ContextBinding> binding) {
  return with(map, 0, std::move(binding));
}

Ref<const ContextMap> ContextMap::with(const ContextMap* map, unsigned level, Ref<const ContextBinding> binding) {
  const std::uint64_t number = binding->number();
  const std::uint32_t bit = bit_of(number, level);
  if (map == nullptr) {
    std::vector<Entry> only(1);
    only[0].binding = std::move(binding);
    return make(bit, std::move(only));
  }
  const std::size_t index = map->index_of(bit);
  if ((map->present_ & bit) == 0) {
    std::vector<Entry> entries;
    entries.reserve(map->entries_.size() + 1);
    const auto place = map->entries_.begin() + static_cast<std::ptrdiff_t>(index);
    entries.insert(entries.end(), map->entries_.begin(), place);
    entries.push_back({{}, std::move(binding)});
    entries.insert(entries.end(), place, map->entries_.end());
    return make(map->present_ | bit, std::move(entries));
  }
  const Entry& there = map->entries_[index];
  if (there.child) return map->replaced(index, {with(there.child.get(), level + 1, std::move(binding)), {}});
  if (there.binding->number() == number) return map->replaced(index, {{}, std::move(binding)});
  const Ref<const ContextMap> alone = with(nullptr, level + 1, there.binding);
  return map->replaced(index, {with(alone.get(), level + 1, std::move(binding)), {}});
}

Ref<const ContextMap> ContextMap::without(const ContextMap* map, std::uint64_t number) {
  if (find(map, number) == nullptr) return Ref<const ContextMap>::sharing(map);
  return without(map, 0, number);
}

// The variable has a value in `map`. A node with one value and nothing else is replaced by the value, except for the root.
Ref<const ContextMap> ContextMap::without(const ContextMap* map, unsigned level, std::uint64_t number) {
  const std::uint32_t bit = bit_of(number, level);
  const std::size_t index = map->index_of(bit);
  if (const Entry& there = map->entries_[index]; there.child) {
    Ref<const ContextMap> child = without(there.child.get(), level + 1, number);
    if (child->size_ == 1) return map->replaced(index, {{}, child->entries_[0].binding});
    return map->replaced(index, {std::move(child), {}});
  }
  if (map->entries_.size() == 1) return {};
  std::vector<Entry> entries = map->entries_;
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(index));
  return make(map->present_ & ~bit, std::move(entries));
}

void ContextMap::collect(std::vector<const ContextBinding*>& found) const {
  for (const Entry& entry : entries_) {
    if (entry.binding) {
      found.push_back(entry.binding.get());
    } else {
      entry.child->collect(found);
    }
  }
}

std::vector<const ContextBinding*> ContextMap::bindings(const ContextMap* map) {
  std::vector<const ContextBinding*> found;
  if (map == nullptr) return found;
  found.reserve(map->size_);
  map->collect(found);
  std::sort(found.begin(), found.end(),
            [](const ContextBinding* a, const ContextBinding* b) { return a->number() < b->number(); });
  return found;
}

}  // namespace weft
