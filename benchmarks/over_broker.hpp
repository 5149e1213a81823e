// Sagas over a real broker, with the participants in one other process, beside a bare loop of the client
// library that moves the same messages through the same topics or queues.
#pragma once

#include "../transports/shared/bare_client.hpp"

#include <sagaflow/transport.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace bench {

struct wiring {
    std::string name;    // "kafka": the benchmarks are <name>_throughput and <name>_latency
    std::string service; // what ./services calls the broker
    std::string prefix;  // of the headers
    std::function<std::shared_ptr<sagaflow::transport>(const std::string& host)> connect;
    std::function<std::unique_ptr<sagaflow::transports::bare_client>(const sagaflow::transports::bare_setup&)>
        ask;
    std::function<std::unique_ptr<sagaflow::transports::bare_server>(const sagaflow::transports::bare_setup&)>
        answer;
};

// What this program does as the other process: until its standard input ends. Arguments: participants or
// bare, the wiring's name, the host.
int run_other_process(std::string_view what, std::string_view wiring, const std::string& host);

} // namespace bench
