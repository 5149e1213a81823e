// worker_pool: a fixed number of threads and a queue with a bound.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace signup {

class worker_pool {
  public:
    // The threads are named "<name>-0", "<name>-1" …
    worker_pool(const std::string& name, std::size_t threads, std::size_t queue);
    ~worker_pool(); // stops
    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    // False: the queue is full, or the pool stops; the task was not taken. A task must not throw.
    bool post(std::function<void()> task);

    // Drops what waits, and returns when what runs has ended. Idempotent.
    void stop();

  private:
    void run();

    const std::size_t bound_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> tasks_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

} // namespace signup
