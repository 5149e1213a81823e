// One connection to Redis: hiredis with RAII and std types. For one thread, but for interrupt().
#pragma once

#include "redis_transport.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <hiredis/hiredis.h>

namespace redis {

struct free_hiredis {
    void operator()(redisContext* c) const noexcept { redisFree(c); }
    void operator()(redisReply* r) const noexcept { freeReplyObject(r); }
};
using reply = std::unique_ptr<redisReply, free_hiredis>;
using command = std::vector<std::string>;

// The connection is gone or never came about: make another one.
struct connection_lost : std::runtime_error {
    using std::runtime_error::runtime_error;
};
// Redis' answer was an error.
struct command_failed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class connection {
  public:
    explicit connection(const options& o); // connects, logs in

    // Many commands at once: append() each, then next() for the answer of each, which may be an error.
    void append(const command& c);
    reply next();
    // One command; throws command_failed.
    reply run(const command& c);

    int descriptor() const noexcept { return context_->fd; }
    // Any thread: whoever waits for an answer finds the connection lost.
    void interrupt() noexcept;

  private:
    std::unique_ptr<redisContext, free_hiredis> context_;
};

// For a thread that uses connections: hiredis writes to broken ones, and the signal would end the process.
void begin_thread(const char* name);

// How long to wait before connecting again: doubling up to two seconds, a random half of it taken off, so
// that not all come back at once.
class backoff {
  public:
    std::chrono::milliseconds next();
    void reset() { ceiling_ = first; }

  private:
    static constexpr auto first = std::chrono::milliseconds(20);
    std::chrono::milliseconds ceiling_ = first;
};

} // namespace redis
