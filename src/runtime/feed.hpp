// One watcher's events: history out of the store, then live ones, each once and in order (R18). It takes part
// in the live ones from its first moment, so that nothing falls between the two.
#pragma once

#include <sagaflow/store.hpp>
#include <sagaflow/watch.hpp>

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sagaflow::runtime {

class feed {
  public:
    feed(std::string id, std::uint64_t after, std::size_t backlog)
        : id_(std::move(id)), last_(after), backlog_(backlog) {}
    virtual ~feed() = default;
    feed(const feed&) = delete;
    feed& operator=(const feed&) = delete;

    const std::string& id() const noexcept { return id_; }

    // A live event of a saga of that id. One caller at a time, in order.
    void offer(const event_ptr& e);
    // There will be no more: what is ready is still delivered, then this is told.
    void end(failure why);

    // Where its hub keeps it; the hub's.
    std::size_t place = 0;

  protected:
    enum class next : std::uint8_t {
        deliver, // take_ready() or take_one()
        read,    // read_history(), without the mutex
        wait,    // something will call changed()
        ended
    };

    // With the mutex:
    next next_action() const noexcept;
    std::vector<event_ptr> take_ready();
    event_ptr take_one();
    const std::optional<failure>& why_ended() const noexcept { return why_; }
    // Called with the mutex when next_action() became another than wait.
    virtual void changed() = 0;

    // One page, or which saga it is. One caller at a time; failures of the store end the feed.
    void read_history(store& from);

    std::mutex mutex_;

  private:
    // opening: which saga has that id is not known yet. While opening and in history live events are early.
    enum class stage : std::uint8_t { opening, history, live, ended };

    void open(store& from);
    void read_page(store& from, std::uint64_t after);
    void go_live();
    void add(const event_ptr& e);
    std::size_t waiting() const noexcept { return ready_.size() - taken_; }
    void end_with(std::optional<failure> why);

    const std::string id_;
    std::vector<event_ptr> ready_; // from taken_ on: to be delivered
    std::size_t taken_ = 0;
    std::vector<event_ptr> early_; // live ones that came before history was read to its end
    std::uint64_t birth_ = 0;      // 0: not known yet
    std::uint64_t last_;           // seq of the newest event in ready_ or delivered
    const std::size_t backlog_;
    std::optional<failure> why_;
    stage stage_ = stage::opening;
    bool missed_early_ = false;     // there were more than the backlog: history is read once more
    bool finished_at_open_ = false; // all its events are history
};

} // namespace sagaflow::runtime
