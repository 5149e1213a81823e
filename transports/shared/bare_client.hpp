// For the benchmarks: what moves the same messages as a transport does, with its client library and nothing
// around it. The asking side has many conversations in flight; the answering side answers all that comes.
#pragma once

#include <sagaflow/wire.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace sagaflow::transports {

struct bare_setup {
    std::string host; // "host:port"
    std::vector<std::string> addresses;
    std::vector<std::string> types; // of the command at each address
    std::string replies;
    wire::carried command; // every one is like this
    wire::carried reply;
};

// One thread.
class bare_client {
  public:
    virtual ~bare_client() = default;
    virtual void ask(std::size_t address, std::uint32_t conversation) = 0;
    // Adds the conversations that were answered; waits for one, for some milliseconds at most.
    virtual void take(std::vector<std::uint32_t>& answered) = 0;
};

class bare_server {
  public:
    virtual ~bare_server() = default;
    // Answers what has come; waits for it, for some milliseconds at most.
    virtual void serve() = 0;
};

} // namespace sagaflow::transports
