// A message as an entry of a stream: its CloudEvents attributes are the entry's fields, its body is one more.
#pragma once

#include "connection.hpp"

namespace redis {

struct entry {
    std::string id; // of the stream
    sagaflow::message content;
};

command to_xadd(const sagaflow::message& m, const sagaflow::wire::envelope& by);

// The entries of one stream as XRANGE and XCLAIM answer them; one that is deleted by now is left out.
std::vector<entry> to_entries(const redisReply& list, const std::string& address,
                              const sagaflow::wire::envelope& by);

} // namespace redis
