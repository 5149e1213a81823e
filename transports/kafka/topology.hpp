// The topics: whether they are there, and to make those that are not.
#pragma once

#include "client.hpp"

#include <sagaflow/kafka.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace sagaflow::kafka {

struct topic_answer {
    enum class what : std::uint8_t {
        usable,
        away,   // the brokers did not answer, or not that they can be used, in time: try again
        refused // the broker says no: somebody must do something
    };
    what is = what::usable;
    std::string why = {};
};

// As options.topology wants it, and so that the client knows them all when it sends the first message
// (librdkafka 2.0.2 would wait up to a second for that); without topics, whether a broker answers. Blocks
// until the deadline at most. Any thread, as all of librdkafka.
topic_answer ensure(client& by, const transport_options& options, const std::vector<std::string>& topics,
                    std::chrono::steady_clock::time_point deadline);

// Whether the brokers have it, whatever the options say. Blocks and may be called likewise.
bool is_there(client& by, const std::string& topic, std::chrono::steady_clock::time_point deadline);

} // namespace sagaflow::kafka
