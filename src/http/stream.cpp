#include "http/channel.hpp"
#include "http/chunk.hpp"

#include <sagaflow/http_stream.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace sagaflow::http {
namespace {

std::string format_event(std::uint64_t id, std::string_view data) {
    std::string out = "id: " + std::to_string(id) + '\n';
    out.reserve(out.size() + data.size() + 16);
    for (;;) {
        const auto end = data.find_first_of("\r\n");
        (out += "data: ") += data.substr(0, end);
        out += '\n';
        if (end == std::string_view::npos) break;
        const bool is_crlf = data.substr(end).starts_with("\r\n");
        data.remove_prefix(end + (is_crlf ? 2 : 1));
    }
    return out += '\n';
}

} // namespace

std::string as_chunk(std::string_view text) {
    std::array<char, 16> size{};
    const auto digits = std::to_chars(size.begin(), size.end(), text.size(), 16).ptr;
    std::string out;
    out.reserve(text.size() + 20);
    out.append(size.begin(), digits).append("\r\n").append(text).append("\r\n");
    return out;
}

std::string_view chunk_content(std::string_view chunk) noexcept {
    const auto start = chunk.find('\n') + 1;
    return chunk.substr(start, chunk.size() - start - 2);
}

sse_event::sse_event(std::uint64_t id, std::string_view data)
    : chunk_(std::make_shared<const std::string>(as_chunk(format_event(id, data)))) {}

std::string_view sse_event::text() const noexcept {
    return chunk_content(*chunk_);
}

event_stream::~event_stream() {
    if (channel_) channel_->abort();
}

event_stream& event_stream::operator=(event_stream&& other) noexcept {
    event_stream old(std::move(channel_));
    channel_ = std::move(other.channel_);
    return *this;
}

bool event_stream::send(const sse_event& event) {
    return send(std::span(&event, 1));
}

bool event_stream::send(std::span<const sse_event> events) {
    return channel_ && channel_->send(events);
}

void event_stream::end() {
    if (channel_) channel_->end();
}

void event_stream::on_closed(std::function<void()> f) {
    if (channel_) channel_->on_closed(std::move(f));
}

bool event_stream::closed() const noexcept {
    return !channel_ || channel_->closed();
}

std::optional<std::uint64_t> last_event_id(const request& r, std::uint64_t newest) noexcept {
    const auto text = r.header("Last-Event-ID");
    if (!text) return std::nullopt;
    std::uint64_t id = 0;
    const char* const end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, id);
    if (parsed.ec != std::errc{} || parsed.ptr != end || id > newest) return std::nullopt;
    return id;
}

} // namespace sagaflow::http
