// The transport's options as librdkafka's configuration.
#pragma once

#include "handles.hpp"

#include <sagaflow/kafka.hpp>

#include <string>
#include <vector>

namespace sagaflow::kafka {

enum class role : std::uint8_t {
    prompt_producer, // sends at once
    bulk_producer,   // waits a moment for more
    consumer
};

rd_kafka_type_t type_of(role r);

// What is refused is left out, and added to `refused` if that is given.
conf_handle make_conf(const transport_options& options, role r,
                      std::vector<refused_option>* refused = nullptr);

// Throws error(invalid_argument) for a name that no topic can have.
void check_address(const std::string& address);

} // namespace sagaflow::kafka
