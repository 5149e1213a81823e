// A connection that is kept up: its thread, the hosts that it tries in turn, and how it is.
#pragma once

#include "../shared/backoff.hpp"
#include "../shared/health_board.hpp"
#include "../shared/wakeup.hpp"
#include "connection.hpp"

#include <sagaflow/error.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sagaflow::amqp {

// What a link's thread answers whoever waits for it: what is refused, if anything is.
using promised = std::promise<std::optional<failure>>;

class link {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    // What a link is for. All calls come on its thread; those that throw end the connection.
    class user {
      public:
        virtual ~user() = default;
        virtual void up(connection& c) = 0;
        virtual void take(connection& c, const amqp_frame_t& frame) = 0; // of a channel
        // Does what there is to do: after each wake() and whenever frames have come.
        virtual void work(connection& c) = 0;
        virtual void down(const std::string& why) = 0;
        // Says good-bye in order: the link is being stopped.
        virtual void leave(connection& c) = 0;
        virtual time_point next() const { return time_point::max(); } // when to work at the latest
        virtual bool wants_to_write() const { return false; }         // work again when the socket has room
    };

    // `role` is the thread's name, and stands beside the connection in the broker's list. `part` is its own
    // on the board.
    link(const transport_options& options, std::vector<endpoint> hosts, std::string role, user& of,
         transports::health_board& board, std::size_t part);
    ~link() { stop(); }

    // Idempotent; one thread at a time.
    void start();
    // Returns when the thread has ended, soon after the deadline for saying good-bye.
    void stop();
    // Its thread's; outlives it with whoever holds it.
    const std::shared_ptr<transports::wakeup>& wake() const { return wakeup_; }
    bool is_own_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

    // The thread's own:
    bool blocked() const { return blocked_.has_value(); }
    void trouble(std::string why); // that the user has though the connection is up; empty: none any more

  private:
    void run();
    void attempt();
    void pump(connection& c);
    void drain(connection& c);
    void take(connection& c, const amqp_frame_t& frame);
    void take_own(connection& c, const amqp_method_t& method);
    void wait(const connection& c) const;
    void pause(std::chrono::milliseconds how_long) const;
    void tell();

    const transport_options& options_;
    const std::vector<endpoint> hosts_;
    const std::string role_;
    user& user_;
    transports::health_board& board_;
    const std::size_t part_;
    const std::shared_ptr<transports::wakeup> wakeup_ = std::make_shared<transports::wakeup>();
    transports::backoff backoff_;
    interrupter interrupter_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_; // of stopped_
    std::condition_variable ended_;
    bool stopped_ = false;
    std::size_t next_host_ = 0;
    std::optional<std::string> blocked_; // by the broker, and why
    std::string trouble_;
    std::thread thread_;
};

} // namespace sagaflow::amqp
