#include "connection.hpp"

#include <sagaflow/amqp.hpp>
#include <sagaflow/error.hpp>

#include <fstream>

namespace sagaflow::amqp {

namespace {

void check_tls(const tls_options& tls, std::vector<refused_option>& refused) {
    for (const auto& [name, file] : {std::pair<const char*, const std::string&>{"tls.ca_file", tls.ca_file},
                                     {"tls.certificate_file", tls.certificate_file},
                                     {"tls.key_file", tls.key_file}}) {
        if (!file.empty() && !std::ifstream(file))
            refused.push_back({name, "'" + file + "' can't be read: name a PEM file that is there"});
    }
    if (tls.certificate_file.empty() != tls.key_file.empty())
        refused.push_back({tls.key_file.empty() ? "tls.key_file" : "tls.certificate_file",
                           "is missing: a client's certificate and its key go together"});
}

} // namespace

std::vector<refused_option> check(const transport_options& options) {
    std::vector<refused_option> refused;
    if (options.hosts.empty()) refused.push_back({"hosts", "there is none: name at least one"});
    for (const auto& h : options.hosts) {
        try {
            parse_endpoint(h, options.tls.enabled);
        } catch (const error& e) {
            refused.push_back({"hosts", e.what()});
        }
    }
    check_tls(options.tls, refused);
    if (options.heartbeat < std::chrono::seconds(1) || options.heartbeat > std::chrono::seconds(3'600))
        refused.push_back({"heartbeat", "must be from 1 second to an hour"});
    if (options.in_flight == 0) refused.push_back({"in_flight", "must be at least 1"});
    if (options.delivery_limit == 0) refused.push_back({"delivery_limit", "must be at least 1"});
    if (options.message_bytes == 0) refused.push_back({"message_bytes", "must be at least 1"});
    if (options.new_queue_pause < std::chrono::milliseconds(0) ||
        options.new_queue_pause > std::chrono::minutes(1))
        refused.push_back({"new_queue_pause", "must be from 0 milliseconds to a minute"});
    for (const auto& [name, value] : {std::pair{"connect_timeout", options.connect_timeout},
                                      {"request_timeout", options.request_timeout},
                                      {"close_timeout", options.close_timeout},
                                      {"first_reconnect", options.first_reconnect},
                                      {"last_reconnect", options.last_reconnect}}) {
        if (value < std::chrono::milliseconds(1)) refused.push_back({name, "must be at least 1 millisecond"});
    }
    return refused;
}

} // namespace sagaflow::amqp
