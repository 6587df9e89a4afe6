#include "parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

namespace ludus {
namespace {

/** How often a thread looks for work before it goes to sleep; some microseconds. */
constexpr int spins = 4000;

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/** One job at a time; its parts are handed out by an atomic counter. */
class Pool {
 public:
  explicit Pool(int workers) {
    for (int i = 0; i < workers; i++) threads_.emplace_back([this] { work(); });
  }

  ~Pool() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
      generation_.fetch_add(1);
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  /** False if another caller (a worker of Node) is using the pool. */
  bool run(int64_t count, int64_t part, Task task, void* context) {
    if (!busy_.try_lock()) return false;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      count_ = count;
      part_ = part;
      task_ = task;
      context_ = context;
      next_.store(0);
      pending_.store(static_cast<int>(threads_.size()));
      generation_.fetch_add(1);
    }
    wake_.notify_all();
    takeParts();
    while (pending_.load(std::memory_order_acquire) > 0) relax();
    busy_.unlock();
    return true;
  }

 private:
  void takeParts() {
    for (;;) {
      const int64_t from = next_.fetch_add(part_);
      if (from >= count_) return;
      task_(context_, from, std::min(count_, from + part_));
    }
  }

  void work() {
    uint64_t seen = 0;
    for (;;) {
      for (int i = 0; i < spins && generation_.load(std::memory_order_acquire) == seen; i++) relax();
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return generation_.load() != seen; });
        seen = generation_.load();
        if (stopping_) return;
      }
      takeParts();
      pending_.fetch_sub(1, std::memory_order_release);
    }
  }

  std::vector<std::thread> threads_;
  std::mutex busy_, mutex_;
  std::condition_variable wake_;
  std::atomic<uint64_t> generation_{0};
  std::atomic<int64_t> next_{0};
  std::atomic<int> pending_{0};
  int64_t count_ = 0, part_ = 1;
  Task task_ = nullptr;
  void* context_ = nullptr;
  bool stopping_ = false;
};

std::mutex poolMutex;
std::shared_ptr<Pool> pool;
std::atomic<int> threadCount{1};
/** Operations inside an operation stay on their thread. */
thread_local bool inside = false;

}  // namespace

int threads() { return inside ? 1 : threadCount.load(std::memory_order_relaxed); }

void setThreads(int count) {
  std::lock_guard<std::mutex> lock(poolMutex);
  count = std::max(1, std::min(count, 64));
  if (count == threadCount.load()) return;
  pool = count > 1 ? std::make_shared<Pool>(count - 1) : nullptr;
  threadCount.store(count);
}

void parallelRange(int64_t count, int64_t grain, int partsPerThread, Task task, void* context) {
  std::shared_ptr<Pool> mine;
  {
    std::lock_guard<std::mutex> lock(poolMutex);
    mine = pool;
  }
  struct Job {
    Task task;
    void* context;
    std::atomic<bool> outOfMemory{false};
  } job{task, context};
  const auto marked = [](void* raw, int64_t from, int64_t to) {
    auto* inner = static_cast<Job*>(raw);
    const bool before = inside;
    inside = true;
    // An exception must leave neither a thread of the pool nor a job that others still work on.
    try {
      inner->task(inner->context, from, to);
    } catch (...) {
      inner->outOfMemory.store(true);
    }
    inside = before;
  };
  const int64_t wanted = mine ? mine->size() : 1;
  const int64_t parts = wanted * partsPerThread;
  const int64_t part = std::max(grain, (count + parts - 1) / parts);
  if (!mine || !mine->run(count, part, marked, &job)) task(context, 0, count);
  if (job.outOfMemory.load()) throw std::bad_alloc();
}

}  // namespace ludus
