// How a transport is, of its parts' conditions, and who is told of it.
#pragma once

#include <sagaflow/transport.hpp>

#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

namespace sagaflow::transports {

// Any thread. Handlers are called one at a time, in the order of what happened; they may not call the
// board.
class health_board {
  public:
    // Nothing is known of a part (a connection, say) before it says something.
    explicit health_board(std::size_t parts) : parts_(parts) {}

    // Tells the new handler how it is: at once, or when that is known, of all parts or that it is bad.
    void add(health_handler h);
    // Tells all, if that changes how the whole is: as the worst of its parts.
    void set(std::size_t part, transport_health h);
    // Tells all for the last time, and forgets them. Nothing changes it any more.
    void close();

  private:
    std::optional<transport_health> worst() const;
    void tell(const transport_health& h);

    std::mutex mutex_; // held while handlers run
    std::vector<std::optional<transport_health>> parts_;
    std::vector<health_handler> handlers_;
    std::optional<transport_health> told_;
    bool closed_ = false;
};

} // namespace sagaflow::transports
