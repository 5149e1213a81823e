#include "publisher.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/log.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <utility>

namespace sagaflow::kafka {

namespace {

using verdict = published::verdict;

constexpr const char* closed_reason = "the transport is closed";

bool is_too_large(rd_kafka_resp_err_t err) {
    return err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || err == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE;
}

// Without what frames them.
std::size_t bytes_of(const rd_kafka_message_t& m) {
    auto bytes = m.len + m.key_len;
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&m, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return bytes;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0; ++i)
        bytes += std::string_view(name).size() + size;
    return bytes;
}

// Whether it would be no better the next time.
verdict verdict_of(rd_kafka_resp_err_t err) {
    switch (err) {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            return verdict::accepted;
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION: // no name for a topic
        case RD_KAFKA_RESP_ERR_INVALID_RECORD:
        case RD_KAFKA_RESP_ERR__INVALID_ARG:
            return verdict::refused;
        default:
            return verdict::failed;
    }
}

rd_kafka_headers_t* headers_of(const wire::carried& c) {
    auto* headers = rd_kafka_headers_new(c.headers.size() + 1);
    const auto add = [&](std::string_view name, std::string_view value) {
        rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                            static_cast<ssize_t>(value.size()));
    };
    if (!c.content_type.empty()) add("content-type", c.content_type);
    for (const auto& [name, value] : c.headers) add(name, value);
    return headers;
}

// 2.0.2 and later take it for a success when the broker says that it has a message's number already. It may
// have come to that without the message: while a partition's leader changes, or is new, the broker may have
// refused one request and taken the next. Only then has the message no offset.
bool nobody_knows(const rd_kafka_message_t& m) {
    return m.err == RD_KAFKA_RESP_ERR_NO_ERROR && m.offset < 0;
}

std::string reason_of(const rd_kafka_message_t& m) {
    if (nobody_knows(m)) return "the broker is not sure whether it has it";
    const std::string said = rd_kafka_err2str(m.err);
    return is_too_large(m.err) ? said + ": its topic's max.message.bytes is less" : said;
}

std::string fatal_reason(rd_kafka_t* kafka) {
    std::array<char, 512> why{};
    rd_kafka_fatal_error(kafka, why.data(), why.size());
    return why.data();
}

} // namespace

publisher::publisher(const transport_options& options, std::shared_ptr<const wire::envelope> envelope,
                     transports::wakeup& w, std::shared_ptr<trouble> t, reaper& r)
    : options_(options),
      envelope_(std::move(envelope)),
      wakeup_(w),
      trouble_(std::move(t)),
      reaper_(r),
      client_(make_client()) {}

std::shared_ptr<client> publisher::make_client() {
    auto conf = make_conf(options_, role::producer);
    std::array<char, 32> configured{};
    std::size_t size = configured.size();
    rd_kafka_conf_get(conf.get(), "batch.size", configured.data(), &size);
    batch_bytes_ = std::min<std::size_t>(batch_bytes_, std::strtoul(configured.data(), nullptr, 10));
    rd_kafka_conf_set(conf.get(), "batch.size", std::to_string(batch_bytes_).c_str(), nullptr, 0);
    return reaper_.owner_of(
        std::make_unique<client>(role::producer, std::move(conf), wakeup_, options_.log, trouble_));
}

// A file of a certificate may just be missing, say.
void publisher::make_client_again() {
    try {
        client_ = make_client();
    } catch (const error& e) {
        trouble_->note(RD_KAFKA_RESP_ERR__INVALID_ARG, e.what());
        due_ = steady::now() + pause_.next();
    }
}

// One by one: the memory that one needs on its way is there again for the next.
void publisher::publish(std::vector<message>&& batch, publish_handler&& done) {
    auto tickets = transports::ticket::of_batch(batch.size(), std::move(done));
    transports::reports told;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto& m = batch[i];
        auto content = envelope_->write(m);
        const std::lock_guard lock(mutex_);
        take({std::move(m.address), std::move(m.saga_id), std::move(content), std::move(tickets[i])}, told);
    }
}

void publisher::take(outgoing&& one, transports::reports& told) {
    if (closed_) {
        told.add(std::move(one.whose), verdict::failed, closed_reason);
    } else if (one.content.body.size() > options_.message_bytes) {
        told.add(std::move(one.whose), verdict::refused,
                 "its body of " + std::to_string(one.content.body.size()) +
                     " bytes is over transport_options::message_bytes");
    } else if (outstanding_.size() + backlog_.size() >= options_.in_flight) {
        told.add(std::move(one.whose), verdict::failed,
                 "too many messages wait for the broker: raise transport_options::in_flight");
    } else if (!backlog_.empty() || !client_ || !produce(one, told)) {
        backlog_.push_back(std::move(one));
    }
}

// False: there is no room now.
bool publisher::produce(outgoing& one, transports::reports& told) {
    auto* headers = headers_of(one.content);
    if (unused_.empty()) unused_.emplace_back();
    const auto at = unused_.begin();
    *at = {std::move(one.whose), at};
    outstanding_.splice(outstanding_.end(), unused_, at);
    const auto& body = one.content.body;
    // A message of no saga has no key: an empty one would bring all of them to one partition.
    const auto* key = one.key.empty() ? nullptr : one.key.data();
    // The types as its macros would check them; those are no ISO C++.
    const auto err =
        rd_kafka_producev(client_->get(), RD_KAFKA_VTYPE_TOPIC, one.address.c_str(), RD_KAFKA_VTYPE_KEY,
                          static_cast<const void*>(key), one.key.size(), RD_KAFKA_VTYPE_VALUE,
                          static_cast<const void*>(body.data()), body.size(), RD_KAFKA_VTYPE_HEADERS, headers,
                          RD_KAFKA_VTYPE_MSGFLAGS, RD_KAFKA_MSG_F_COPY, RD_KAFKA_VTYPE_OPAQUE,
                          static_cast<void*>(&*at), RD_KAFKA_VTYPE_END);
    if (err == RD_KAFKA_RESP_ERR_NO_ERROR) return true;
    rd_kafka_headers_destroy(headers);
    one.whose = std::move(at->whose);
    unused_.splice(unused_.begin(), outstanding_, at);
    if (err == RD_KAFKA_RESP_ERR__QUEUE_FULL) return false;
    if (err == RD_KAFKA_RESP_ERR__FATAL) {
        fatal_ = true;
        wakeup_.wake();
        return false;
    }
    told.add(std::move(one.whose), verdict_of(err), rd_kafka_err2str(err));
    return true;
}

// There is room when something was reported, which comes here.
void publisher::go_on(transports::reports& told) {
    while (!backlog_.empty() && client_ && !fatal_ && produce(backlog_.front(), told)) backlog_.pop_front();
}

std::chrono::milliseconds publisher::serve() {
    std::shared_ptr<client> now;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return at_the_latest;
        if (!client_) {
            const auto wait = std::chrono::ceil<std::chrono::milliseconds>(due_ - steady::now());
            if (wait.count() > 0) return std::min(wait, at_the_latest);
            make_client_again();
            if (!client_) return std::chrono::milliseconds(0);
        }
        now = client_;
    }
    transports::reports told;
    bool fatal = false;
    while (auto e = now->poll()) {
        if (rd_kafka_event_type(e.get()) == RD_KAFKA_EVENT_DR) take_reports(e.get(), told);
        if (rd_kafka_event_type(e.get()) == RD_KAFKA_EVENT_ERROR)
            fatal = fatal || rd_kafka_event_error_is_fatal(e.get()) != 0;
    }
    std::unique_lock lock(mutex_);
    if (!fatal && !fatal_ && !too_large_) {
        go_on(told);
        return at_the_latest;
    }
    const auto why = too_large_ ? shrink_batches() : fatal_reason(now->get());
    lock.unlock();
    start_again(why);
    return at_the_latest;
}

void publisher::take_reports(rd_kafka_event_t* e, transports::reports& told) {
    const std::lock_guard lock(mutex_);
    if (closed_) return; // they were reported
    while (const auto* m = rd_kafka_event_message_next(e)) {
        auto* one = static_cast<sent*>(m->_private);
        const bool suffered = suffered_for_others(*m);
        too_large_ = too_large_ || suffered;
        const auto v = suffered || nobody_knows(*m) ? verdict::failed : verdict_of(m->err);
        if (v == verdict::accepted) pause_.reset();
        told.add(std::move(one->whose), v, v == verdict::accepted ? "" : reason_of(*m));
        unused_.splice(unused_.begin(), outstanding_, one->self);
    }
}

// The broker refuses a batch that is over the limit of its topic with all that is in it. A message that
// fills a batch was alone in it.
bool publisher::suffered_for_others(const rd_kafka_message_t& m) const {
    return is_too_large(m.err) && bytes_of(m) < batch_bytes_;
}

std::string publisher::shrink_batches() {
    auto why = "a topic takes no batch of " + std::to_string(batch_bytes_) +
               " bytes: from now on they are half as large; raise its max.message.bytes";
    batch_bytes_ = std::max<std::size_t>(batch_bytes_ / 2, 1);
    return why;
}

void publisher::fail_all(const std::string& why, transports::reports& told) {
    for (auto& one : outstanding_) told.add(std::move(one.whose), verdict::failed, why);
    outstanding_.clear();
}

// librdkafka's idempotent producer is of no use any more after some errors; 2.0.2's also after mere
// disconnections (https://github.com/confluentinc/librdkafka/pull/4438).
void publisher::start_again(const std::string& why) {
    log(options_.log, log_level::warn,
        "the Kafka producer had to be made anew; what it had is published again", {{"reason", why}});
    transports::reports told;
    const std::lock_guard lock(mutex_);
    fatal_ = false;
    too_large_ = false;
    client_.reset();
    due_ = steady::now() + pause_.next();
    wakeup_.wake();
    fail_all(why, told);
}

void publisher::close() {
    transports::reports told;
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
    client_.reset();
    fail_all(closed_reason, told);
    for (auto& one : backlog_) told.add(std::move(one.whose), verdict::failed, closed_reason);
    backlog_.clear();
}

std::shared_ptr<client> publisher::connection() const {
    const std::lock_guard lock(mutex_);
    return client_;
}

} // namespace sagaflow::kafka
