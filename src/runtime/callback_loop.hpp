// The thread "sf-callback": the only one on which users' callbacks run.
#pragma once

#include <sagaflow/log.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace sagaflow::runtime {

class callback_loop {
  public:
    explicit callback_loop(std::shared_ptr<log_sink> log) : log_(std::move(log)) {}
    ~callback_loop() { finish(); }
    callback_loop(const callback_loop&) = delete;
    callback_loop& operator=(const callback_loop&) = delete;

    void start();
    // Any thread. False: it will not run, finish() was called.
    bool post(std::function<void()> job);
    // Calls a function of the program; what it throws is logged.
    void call(const std::function<void()>& user) const noexcept;
    // Runs what was posted so far, then ends. Not on this thread.
    void finish();

    bool on_this_thread() const noexcept { return id_ == std::this_thread::get_id(); }
    std::size_t size() const;

  private:
    void run();

    std::shared_ptr<log_sink> log_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<std::function<void()>> waiting_;
    bool finishing_ = false;
    std::atomic<std::thread::id> id_;
    std::thread thread_;
};

} // namespace sagaflow::runtime
