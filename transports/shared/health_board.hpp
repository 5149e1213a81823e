// How a transport is, of its parts' conditions, and who is told of it.
#pragma once

#include <sagaflow/transport.hpp>

#include <cstddef>
#include <mutex>
#include <vector>

namespace sagaflow::transports {

// Any thread. Handlers are called one at a time, in the order of what happened; they may not call the
// board.
class health_board {
  public:
    // Each part (a connection, say) is down until it says otherwise.
    explicit health_board(std::size_t parts, const std::string& at_first = "not yet connected");

    // Tells the new handler at once how it is.
    void add(health_handler h);
    // Tells all, if that changes how the whole is: as the worst of its parts.
    void set(std::size_t part, transport_health h);
    transport_health now() const;
    // Tells all for the last time, and forgets them. Nothing changes it any more.
    void close();

  private:
    transport_health worst() const;
    void tell(const transport_health& h);

    std::mutex telling_; // first of the two; held while handlers run
    mutable std::mutex mutex_;
    std::vector<transport_health> parts_;
    std::vector<health_handler> handlers_; // guarded by telling_
    transport_health told_;
    bool closed_ = false;
};

} // namespace sagaflow::transports
