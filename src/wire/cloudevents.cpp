// CloudEvents 1.0 over brokers: https://github.com/cloudevents/spec, its Kafka binding for "ce_", and what is
// in use over AMQP 0-9-1, which has no official binding.
#include "attributes.hpp"
#include "structured.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/wire.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace sagaflow::wire {

namespace {

constexpr std::array<std::string_view, 4> prefixes = {"ce-", "ce_", "cloudEvents:", "cloudEvents_"};
constexpr std::string_view structured_type = "application/cloudevents";
constexpr std::size_t usual_headers = 20;

std::optional<std::string_view> attribute_of(std::string_view header) {
    for (const auto prefix : prefixes)
        if (header.starts_with(prefix)) return header.substr(prefix.size());
    return std::nullopt;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin(),
                                                     [&](char a, char b) { return a == lower(b); });
}

class cloudevents final : public envelope {
  public:
    explicit cloudevents(cloudevents_options options) : options_(std::move(options)) {
        if (std::find(prefixes.begin(), prefixes.end(), options_.prefix) == prefixes.end())
            throw error(errc::invalid_argument, "the prefix of CloudEvents headers is '" + options_.prefix +
                                                    "': use ce- (AMQP) or ce_ (Kafka)");
    }

    carried write(const message& m) const override {
        const bool reply = m.kind == message_kind::reply;
        carried c;
        c.content_type = "application/json";
        c.message_id = m.id;
        c.correlation_id = reply ? m.causation_id : m.id;
        c.reply_to = m.reply_to;
        c.headers.reserve(usual_headers);
        write_attributes(m, [&](std::string_view name, std::string_view value) {
            c.headers.add(options_.prefix, name, value);
        });
        if (!m.trace_parent.empty()) c.headers.add("traceparent", m.trace_parent);
        if (!m.trace_state.empty()) c.headers.add("tracestate", m.trace_state);
        if (options_.spring) {
            c.headers.add("kafka_correlationId", c.correlation_id);
            if (!m.reply_to.empty()) c.headers.add("kafka_replyTopic", m.reply_to);
        }
        c.body = m.body;
        return c;
    }

    message read(carried&& c) const override {
        attribute_reader reader;
        if (!within_limits(c, reader)) return std::move(reader).finish(std::move(c.body));
        reader.correlated_with(c.correlation_id);
        reader.answer_to(c.reply_to);
        std::string body;
        if (!starts_with_ignoring_case(c.content_type, structured_type)) {
            body = std::move(c.body);
        } else if (starts_with_ignoring_case(c.content_type, "application/cloudevents-batch")) {
            reader.unreadable("it is a batch of CloudEvents: send each as a message of its own");
            body = std::move(c.body);
        } else {
            body = read_structured(c.body, reader);
        }
        for (const auto& [name, value] : c.headers) read_header(name, value, reader);
        return std::move(reader).finish(std::move(body));
    }

  private:
    static void read_header(std::string_view name, std::string_view value, attribute_reader& reader) {
        if (const auto attribute = attribute_of(name)) {
            reader.take(*attribute, value);
        } else if (name == "traceparent" || name == "tracestate") {
            reader.take(name, value);
        } else if (name == "kafka_correlationId") {
            reader.correlated_with(value);
        } else if (name == "kafka_replyTopic") {
            reader.answer_to(value);
        }
    }

    bool within_limits(const carried& c, attribute_reader& reader) const {
        const auto over = [&](const char* what, std::size_t is, std::size_t limit) {
            if (is > limit)
                reader.unreadable(std::string(what) + " of " + std::to_string(is) +
                                  " bytes is over the limit of " + std::to_string(limit));
            return is > limit;
        };
        return !over("its body", c.body.size(), options_.limits.body_bytes) &&
               !over("its headers", c.headers.bytes(), options_.limits.header_bytes);
    }

    cloudevents_options options_;
};

} // namespace

std::shared_ptr<const envelope> make_cloudevents(cloudevents_options options) {
    return std::make_shared<cloudevents>(std::move(options));
}

} // namespace sagaflow::wire
