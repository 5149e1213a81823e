#include "producer.hpp"

#include "partitioner.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace sagaflow::kafka {

namespace {

using verdict = published::verdict;

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

std::size_t configured_batch_bytes(const rd_kafka_conf_t* conf) {
    std::array<char, 32> text{};
    std::size_t size = text.size();
    rd_kafka_conf_get(conf, "batch.size", text.data(), &size);
    return std::strtoul(text.data(), nullptr, 10);
}

std::string fatal_reason(rd_kafka_t* kafka) {
    std::array<char, 512> why{};
    rd_kafka_fatal_error(kafka, why.data(), why.size());
    return why.data();
}

} // namespace

producer::producer(const transport_options& options, role r, std::size_t& batch_bytes, transports::wakeup& w,
                   std::shared_ptr<trouble> t, reaper& reap)
    : options_(options),
      role_(r),
      wakeup_(w),
      trouble_(std::move(t)),
      reaper_(reap),
      batch_bytes_(batch_bytes) {}

std::chrono::milliseconds producer::pause() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_ - steady::now());
    return std::max(left, std::chrono::milliseconds(0));
}

std::shared_ptr<client> producer::make_client(std::size_t batch_bytes) const {
    auto conf = make_conf(options_, role_);
    partitioner::install(conf.get());
    rd_kafka_conf_set(conf.get(), "batch.size",
                      std::to_string(std::min(batch_bytes, configured_batch_bytes(conf.get()))).c_str(),
                      nullptr, 0);
    return reaper_.owner_of(
        std::make_unique<client>(role_, std::move(conf), wakeup_, options_.log, trouble_));
}

void producer::use(std::shared_ptr<client> made) {
    client_ = std::move(made);
    of_client_ = configured_batch_bytes(rd_kafka_conf(client_->get()));
}

// A file of a certificate may just be missing, say.
void producer::note_failure(const std::string& why) {
    trouble_->note(RD_KAFKA_RESP_ERR__INVALID_ARG, why);
    due_ = steady::now() + pause_.next();
}

std::uint32_t producer::keep(outgoing& one) {
    if (unused_.empty()) {
        unused_.push_back(static_cast<std::uint32_t>(sent_.size()));
        sent_.emplace_back();
    }
    const auto place = unused_.back();
    unused_.pop_back();
    const auto key = static_cast<std::uint32_t>(place_of(one.key));
    ++keys_[key];
    sent_[place] = {std::move(one.whose), key, true};
    return place;
}

transports::ticket producer::give_back(std::uint32_t place) {
    auto& s = sent_[place];
    --keys_[s.key];
    s.used = false;
    unused_.push_back(place);
    return std::move(s.whose);
}

bool producer::take(outgoing& one, transports::reports& told) {
    if (!client_ || fatal_) return false;
    auto* headers = headers_of(one.content);
    const auto place = keep(one);
    const auto& body = one.content.body;
    // A message of no saga has no key: an empty one would bring all of them to one partition.
    const auto* key = one.key.empty() ? nullptr : one.key.data();
    // The types as its macros would check them; those are no ISO C++.
    const auto err =
        rd_kafka_producev(client_->get(), RD_KAFKA_VTYPE_TOPIC, one.address.c_str(), RD_KAFKA_VTYPE_KEY,
                          static_cast<const void*>(key), one.key.size(), RD_KAFKA_VTYPE_VALUE,
                          static_cast<const void*>(body.data()), body.size(), RD_KAFKA_VTYPE_HEADERS, headers,
                          RD_KAFKA_VTYPE_MSGFLAGS, RD_KAFKA_MSG_F_COPY, RD_KAFKA_VTYPE_OPAQUE,
                          opaque(one.partition_number, place).to_pointer(), RD_KAFKA_VTYPE_END);
    if (err == RD_KAFKA_RESP_ERR_NO_ERROR) return true;
    rd_kafka_headers_destroy(headers);
    one.whose = give_back(place);
    if (err == RD_KAFKA_RESP_ERR__QUEUE_FULL) return false;
    if (err == RD_KAFKA_RESP_ERR__FATAL) {
        fatal_ = true;
        wakeup_.wake();
        return false;
    }
    told.add(std::move(one.whose), verdict_of(err), rd_kafka_err2str(err));
    return true;
}

void producer::take_reports(const client& of, rd_kafka_event_t* e, transports::reports& told) {
    if (client_.get() != &of) return; // they were reported
    while (const auto* m = rd_kafka_event_message_next(e)) {
        const bool suffered = suffered_for_others(*m);
        too_large_ = too_large_ || suffered;
        const auto v = suffered || nobody_knows(*m) ? verdict::failed : verdict_of(m->err);
        if (v == verdict::accepted) pause_.reset();
        told.add(give_back(opaque::from_pointer(m->_private).place), v,
                 v == verdict::accepted ? "" : reason_of(*m));
    }
}

// The broker refuses a batch that is over the limit of its topic with all that is in it. A message that
// fills a batch was alone in it.
bool producer::suffered_for_others(const rd_kafka_message_t& m) const {
    return is_too_large(m.err) && bytes_of(m) < of_client_;
}

std::string producer::shrink_batches() {
    auto why = "a topic takes no batch of " + std::to_string(of_client_) +
               " bytes: from now on they are half as large; raise its max.message.bytes";
    batch_bytes_ = std::min(batch_bytes_, std::max<std::size_t>(of_client_ / 2, 1));
    return why;
}

void producer::fail_all(const std::string& why, transports::reports& told) {
    for (auto& one : sent_)
        if (one.used) told.add(std::move(one.whose), verdict::failed, why);
    sent_.clear();
    unused_.clear();
    keys_.assign(key_places, 0);
}

// librdkafka's idempotent producer is of no use any more after some errors; 2.0.2's also after mere
// disconnections (https://github.com/confluentinc/librdkafka/pull/4438).
std::optional<std::string> producer::let_go_if_lost(transports::reports& told) {
    if (!client_ || (!fatal_ && !too_large_)) return std::nullopt;
    auto why = too_large_ ? shrink_batches() : fatal_reason(client_->get());
    fatal_ = false;
    too_large_ = false;
    client_.reset();
    due_ = steady::now() + pause_.next();
    fail_all(why, told);
    return why;
}

void producer::close(const std::string& why, transports::reports& told) {
    client_.reset();
    fail_all(why, told);
}

} // namespace sagaflow::kafka
