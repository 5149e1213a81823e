// What is consumed: the connection for it, and a feed for each queue.
#pragma once

#include "../shared/consumer.hpp"
#include "feed.hpp"
#include "link.hpp"
#include "topology.hpp"

#include <sagaflow/wire.hpp>

#include <condition_variable>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace sagaflow::amqp {

class consumer final : link::user {
  public:
    consumer(const transport_options& options, std::shared_ptr<const wire::envelope> envelope,
             std::vector<endpoint> hosts, transports::health_board& board, std::size_t part);
    ~consumer() override { close(); }

    void open(); // returns when it is connected, or the board says why not
    void consume(subscription what, delivery_handler handler);
    // Ends the handlers, tells the broker what is settled, and says good-bye.
    void close();
    bool is_own_thread() const { return link_.is_own_thread(); }

  private:
    struct request {              // to prepare a feed for a newcomer
        std::shared_ptr<feed> of; // null: to be connected is enough
        subscription newcomer;
        promised done;
    };

    void up(connection& c) override;
    void take(connection& c, const amqp_frame_t& frame) override;
    void work(connection& c) override;
    void down(const std::string& why) override;
    void leave(connection& c) override;
    link::time_point next() const override;

    std::shared_ptr<feed> enter(const subscription& what);
    void ask_for(std::shared_ptr<feed> of, subscription newcomer);
    void wait_until_kept(const feed& of, const std::stop_token& stop);
    void serve_requests(connection& c);
    void serve(connection& c, request& r);
    void drop_unused(connection& c);
    void tend(connection& c, feed& f);
    std::uint16_t free_channel();
    void tell_trouble();

    const transport_options& options_;
    const std::shared_ptr<const wire::envelope> envelope_;
    const topology_keeper topology_;

    std::mutex mutex_;                                        // of the next six
    std::map<std::string, std::shared_ptr<feed>> entered_;    // by queue
    std::map<std::string, std::vector<subscription>> owners_; // by address
    std::vector<std::unique_ptr<transports::consumer>> consumers_;
    std::vector<request> requests_;
    bool closed_ = false;
    std::condition_variable_any is_closed_;

    std::map<std::string, std::shared_ptr<feed>> feeds_; // the link's thread's own, by queue
    std::uint16_t next_channel_ = 1;                     // too

    std::mutex closing_; // held while a close() waits, so that another one waits too
    link link_;          // last: its thread uses all of the above
};

} // namespace sagaflow::amqp
