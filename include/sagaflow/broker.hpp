// What the options of the transports over a broker have in common (<sagaflow/kafka.hpp>,
// <sagaflow/amqp.hpp>).
#pragma once

#include <cstdint>
#include <string>

namespace sagaflow {

// What open() and consume() do about the topics, exchanges and queues that they need.
enum class topology : std::uint8_t {
    create, // make what is missing; what is there must fit
    verify, // make nothing: what is missing or does not fit is an error that names it
    none    // neither: somebody else sees to it
};

// How a connection is made private, and how it proves who it is. Files are PEM.
struct tls_options {
    bool enabled = false;
    std::string ca_file = {};          // whom to trust; empty: what the system trusts
    std::string certificate_file = {}; // of the client, with its key_file, if the broker asks for one
    std::string key_file = {};
    std::string key_password = {}; // of the key_file; empty: it has none
    bool verify_host = true;       // that the broker's certificate names the host that was asked for
};

// What is wrong with one option.
struct refused_option {
    std::string name; // with its path ("tls.ca_file"), or that of a property of the client library
    std::string what; // what is wrong and what is expected; never a secret
};

} // namespace sagaflow
