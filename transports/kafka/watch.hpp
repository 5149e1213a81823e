// Looks whether the broker is there: from time to time, when something says that it may not be, and until it
// is.
#pragma once

#include "../shared/health_board.hpp"
#include "publisher.hpp"
#include "topology.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace sagaflow::kafka {

// The thread "sf-kafka-watch", and who asks at once. Writes the first part of the board.
class watch {
  public:
    // What waits for the broker; false: not yet.
    using errand = std::function<bool()>;

    watch(const transport_options& options, const publisher& by, transports::health_board& board,
          std::shared_ptr<trouble> t);
    ~watch();

    // Looks after these topics from now on. Blocks until they are usable, it is known
    // why they are not, or the deadline. Any thread.
    topic_answer need(const std::vector<std::string>& topics, std::chrono::steady_clock::time_point deadline);
    // Run on its thread when the broker is there, again and again until it is done.
    void later(errand e);
    // How long an errand may wait for an answer.
    std::chrono::milliseconds patience() const;
    // Something may be wrong. Any thread; does not block.
    void hint();
    // Ends it, soon; join() waits for that.
    void stop();
    void join();
    bool is_own_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

  private:
    void run();
    bool look(bool was_well, bool hinted);
    void report(const topic_answer& answer);
    bool run_errands();

    const transport_options& options_;
    const publisher& by_;
    transports::health_board& board_;
    const std::shared_ptr<trouble> trouble_;
    std::mutex mutex_; // of all below but the thread
    std::condition_variable changed_;
    std::set<std::string> topics_;
    std::vector<errand> errands_;
    bool hinted_ = false;
    bool told_down_ = false;
    std::chrono::steady_clock::time_point tell_again_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace sagaflow::kafka
