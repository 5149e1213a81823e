#include "base/worker_pool.hpp"

#include <utility>

#include <pthread.h>

namespace signup {

worker_pool::worker_pool(const std::string& name, std::size_t threads, std::size_t queue) : bound_(queue) {
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back([this, called = (name + "-" + std::to_string(i)).substr(0, 15)] {
            pthread_setname_np(pthread_self(), called.c_str());
            run();
        });
    }
}

worker_pool::~worker_pool() {
    stop();
}

bool worker_pool::post(std::function<void()> task) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || tasks_.size() >= bound_) return false;
        tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
    return true;
}

void worker_pool::stop() {
    std::deque<std::function<void()>> dropped; // outside the lock: that runs code of others
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        dropped.swap(tasks_);
    }
    wake_.notify_all();
    for (auto& t : threads_) t.join();
    threads_.clear();
}

void worker_pool::run() {
    for (;;) {
        std::function<void()> task;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [&] { return stopping_ || !tasks_.empty(); });
            if (stopping_) return;
            task = std::move(tasks_.front());
            tasks_.pop_front();
        }
        task();
    }
}

} // namespace signup
