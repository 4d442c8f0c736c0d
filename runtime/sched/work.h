#pragma once
// work: one entry of a run queue. The scheduler knows nothing else of what it runs.

namespace weft {

class Work {
 public:
  // Called once per entry, on a worker. The object may be gone when it returns.
  virtual void run() noexcept = 0;
  // Called instead of run() when the loop is closed with the entry still queued.
  virtual void drop() noexcept {}

 protected:
  ~Work() = default;
};

}  // namespace weft
