// What the shard's thread is told, by whomever.
#pragma once

#include "core/effects.hpp"

#include <sagaflow/transport.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sagaflow::runtime {

struct host_request {
    std::shared_ptr<const plan> definition;
};

struct explain_request {
    std::string id;
    core::token caller = 0;
};

// Replies, as a transport handed them out.
struct deliveries {
    std::vector<delivery> content;
    std::shared_ptr<settler> from;
};

struct publish_report {
    std::uint64_t ticket = 0;
    published::verdict verdict = published::verdict::accepted;
    std::string reason;
};
using publish_reports = std::vector<publish_report>;

struct rows_loaded {
    std::uint64_t ticket = 0;
    std::vector<std::optional<saga_row>> rows;
};

struct page_listed {
    std::uint64_t ticket = 0;
    saga_page page;
};

struct events_read {
    std::uint64_t ticket = 0;
    std::vector<event> page;
};

struct commit_durable {
    std::uint64_t number = 0;
};

// It is being tried again.
struct commit_delayed {
    std::string reason;
};

// The store will never take or give anything again, or this engine is fenced.
struct store_lost {
    failure why;
};

struct refuse_starts {};

using input = std::variant<core::start_request, core::verb_request, explain_request, host_request, deliveries,
                           publish_reports, rows_loaded, page_listed, events_read, commit_durable,
                           commit_delayed, store_lost, refuse_starts>;

} // namespace sagaflow::runtime
