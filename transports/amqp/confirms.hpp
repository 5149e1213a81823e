// Which published messages the broker has not confirmed yet, in order.
#pragma once

#include "../shared/reports.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sagaflow::amqp {

// The numbers are the broker's: it counts what is published on a channel, from 1.
class confirms {
  public:
    using ticket = transports::ticket;
    using reports = transports::reports;

    // The next message that is published; `id` and the way it goes are how a return speaks of it.
    void sent(ticket&& t, std::string_view id, std::string_view exchange, std::string_view routing_key);

    // The broker has them: that one, or it and all before it.
    void acked(std::uint64_t number, bool multiple, reports& to);
    // The broker could not take them.
    void nacked(std::uint64_t number, bool multiple, reports& to);
    // The broker sent it back; its confirmation, which is still to come, means that it has failed.
    void returned(std::string_view id, std::string_view exchange, std::string_view routing_key,
                  std::string why);
    // All have failed. What is sent from now on goes by another channel.
    void lost(const std::string& why, reports& to);

    std::size_t size() const { return open_; }

  private:
    struct entry {
        std::optional<ticket> of; // empty: confirmed
        std::size_t hash = 0;
        std::string why_returned;
    };
    static std::size_t hash_of(std::string_view id, std::string_view exchange, std::string_view routing_key);
    void settle(std::uint64_t number, bool multiple, const std::function<void(entry&)>& how);

    std::deque<entry> entries_;
    std::uint64_t first_ = 1; // number of entries_.front()
    std::size_t open_ = 0;
};

} // namespace sagaflow::amqp
