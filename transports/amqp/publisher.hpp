// What is published: the connection for it, what waits, and what the broker has not confirmed yet.
#pragma once

#include "assembly.hpp"
#include "confirms.hpp"
#include "link.hpp"
#include "properties.hpp"
#include "topology.hpp"

#include <sagaflow/wire.hpp>

#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sagaflow::amqp {

class publisher final : link::user {
  public:
    publisher(const transport_options& options, std::shared_ptr<const wire::envelope> envelope,
              std::vector<endpoint> hosts, transports::health_board& board, std::size_t part);
    ~publisher() override { close(); }

    // Returns when the addresses can be published to, or the board says why the broker can't be reached.
    void open(std::vector<std::string> addresses);
    void publish(std::vector<message> batch, publish_handler done);
    // Reports all that is outstanding as failed, at once, and says good-bye.
    void close();
    bool is_own_thread() const { return link_.is_own_thread(); }

  private:
    struct waiting {
        outgoing what;
        transports::ticket of;
    };
    struct opening {
        std::vector<std::string> addresses;
        promised done;
    };

    void up(connection& c) override;
    void take(connection& c, const amqp_frame_t& frame) override;
    void work(connection& c) override;
    void down(const std::string& why) override;
    void leave(connection&) override {}
    bool wants_to_write() const override { return full_; }

    void take_method(connection& c, const amqp_method_t& method);
    void open_channel(connection& c);
    void serve_openings(connection& c);
    void declare(questions& ask, const std::string& address);
    std::optional<std::string> next_stranger();
    void introduce_next(connection& c);
    std::vector<outgoing> next_batch();
    void fail_all(const std::string& why);

    const transport_options& options_;
    const std::shared_ptr<const wire::envelope> envelope_;
    const topology_keeper topology_;

    std::mutex mutex_; // of the next four
    std::deque<waiting> queue_;
    confirms confirms_;
    std::vector<opening> openings_;
    bool closed_ = false;

    // The link's thread's own:
    std::set<std::string> addresses_; // that were declared since the channel was opened
    assembly returned_;
    transports::reports reports_;
    std::vector<amqp_table_entry_t> headers_;
    bool full_ = false; // the socket

    std::mutex closing_; // held while a close() waits, so that another one waits too
    link link_;          // last: its thread uses all of the above
};

} // namespace sagaflow::amqp
