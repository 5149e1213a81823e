#include "core/status_feed.hpp"

#include "core/planted.hpp"

#include <algorithm>
#include <utility>

namespace sagaflow::core {

namespace {
constexpr unsigned index_bits = 16; // of a ticket; above them is the page's number
constexpr std::uint64_t index_mask = (1u << index_bits) - 1;
constexpr std::uint64_t pages_mask = (std::uint64_t{1} << 40) - 1;
constexpr duration longest_pause = std::chrono::seconds(5);
} // namespace

status_feed::status_feed(const shard_options& options, std::string source, std::uint64_t published)
    : options_(options), source_(std::move(source)), published_(published), stored_(published) {}

std::optional<std::uint64_t> status_feed::begin_reading(std::uint64_t durable_event, time_point now) {
    if (!options_.status || reading_ || open_ > 0 || durable_event <= published_) return std::nullopt;
    if (paused_until_ && *paused_until_ > now) return std::nullopt;
    paused_until_.reset();
    reading_ = true;
    read_up_to_ = durable_event;
    return published_;
}

message status_feed::make(event&& e) const {
    message m;
    m.address = options_.status->address;
    m.id = std::to_string(e.seq);
    m.source = source_;
    m.type = e.saga_type + ".status";
    m.kind = message_kind::status;
    m.issued = e.at;
    m.saga_id = std::move(e.saga_id);
    m.saga_type = std::move(e.saga_type);
    m.body = std::move(e.status);
    return m;
}

void status_feed::read(std::vector<event> page, time_point now, std::vector<outgoing>& out) {
    reading_ = false;
    // What the store has, but nobody has said so yet, is not durable.
    while (!page.empty() && page.back().seq > read_up_to_) page.pop_back();
    page_end_ = page.size() == page_size ? page.back().seq : read_up_to_;
    page_.clear();
    first_failed_ = 0;
    pages_ = (pages_ + 1) & pages_mask;
    if (out.size() <= options_.status->transport) out.resize(options_.status->transport + 1);
    auto& to = out[options_.status->transport];
    for (auto& e : page) {
        if (e.status.empty()) continue;
        to.tickets.push_back(ticket_bit | pages_ << index_bits | page_.size());
        page_.push_back({e.seq, false});
        to.messages.push_back(make(std::move(e)));
    }
    open_ = page_.size();
    if (open_ == 0) finish_page(now);
}

void status_feed::report(std::uint64_t ticket, published::verdict verdict, time_point now) {
    const auto index = ticket & index_mask;
    const bool of_this_page = (ticket & ~ticket_bit) >> index_bits == pages_;
    if (!of_this_page || index >= page_.size() || std::exchange(page_[index].reported, true)) return;
    const auto seq = page_[index].seq;
    if (verdict == published::verdict::failed)
        first_failed_ = first_failed_ == 0 ? seq : std::min(first_failed_, seq);
    if (--open_ == 0) finish_page(now);
}

void status_feed::finish_page(time_point now) {
    if (first_failed_ == 0 || planted(bug::status_cursor_skips_failures)) {
        pause_ = {};
        return advance(page_end_, now);
    }
    advance(first_failed_ - 1, now);
    pause_ =
        std::clamp(pause_ * 2, options_.publish_backoff, std::max(options_.publish_backoff, longest_pause));
    paused_until_ = now + pause_;
}

void status_feed::advance(std::uint64_t to, time_point now) {
    if (to <= published_) return;
    published_ = to;
    if (!cursor_due_) cursor_due_ = now + cursor_delay;
}

std::optional<time_point> status_feed::wake(time_point now) const {
    std::optional<time_point> earliest;
    for (const auto& t : {cursor_due_, paused_until_})
        if (t && *t > now && (!earliest || *t < *earliest)) earliest = t;
    return earliest;
}

} // namespace sagaflow::core
