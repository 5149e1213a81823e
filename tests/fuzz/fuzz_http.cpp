// What a client can send. First the reader of requests alone: it must say the same of the same bytes however
// they are cut, and what it lets pass must be fit for routing. Then a whole connection over a pair of
// sockets: whatever comes, it must answer in HTTP or close, and nothing may be left of it once the client has
// gone.
#include "http/connection.hpp"
#include "http/loop.hpp"
#include "http/request_reader.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sys/socket.h>
#include <unistd.h>

namespace {

namespace http = sagaflow::http;
using progress = http::request_reader::progress;

void require(bool holds) {
    if (!holds) std::abort();
}

const http::limits bounds{.header_bytes = 512, .body_bytes = 128, .drain_bytes = 1024};

struct reading {
    progress last = progress::wants_more;
    http::request request;
    std::size_t used = 0;
};

reading read_in_pieces(std::string_view bytes, std::size_t size) {
    http::request_reader reader(bounds);
    reading r;
    while (!bytes.empty() && (r.last == progress::wants_more || r.last == progress::wants_continue)) {
        std::string_view piece = bytes.substr(0, size);
        const std::size_t before = piece.size();
        r.last = reader.feed(piece);
        require(piece.empty() || r.last != progress::wants_more);
        bytes.remove_prefix(before - piece.size());
        r.used += before - piece.size();
    }
    if (r.last == progress::complete) r.request = reader.take();
    if (r.last == progress::failed) require(reader.failure().status >= 400);
    return r;
}

void compare_cuts(std::string_view bytes, std::size_t size) {
    const reading whole = read_in_pieces(bytes, bytes.size());
    const reading cut = read_in_pieces(bytes, size);
    require((whole.last == progress::complete) == (cut.last == progress::complete));
    if (whole.last != progress::complete) return;
    require(whole.used == cut.used);
    require(whole.request.body == cut.request.body && whole.request.path == cut.request.path);
    require(whole.request.headers.size() == cut.request.headers.size());
    require(whole.request.path.starts_with('/') || whole.request.path == "*");
    require(whole.request.body.size() <= bounds.body_bytes);
}

http::shared_state& state() {
    static http::shared_state& s = [&]() -> http::shared_state& {
        static http::shared_state made({.limits = bounds});
        made.on_connection_closed = [] {};
        made.routes.add("GET", "/stream/{id}", [](const http::request& r, http::exchange e) {
            auto stream = e.stream();
            const auto after = http::last_event_id(r).value_or(0);
            if (r.accepts("text/event-stream")) stream.send(http::sse_event(after, r.param("id")));
            stream.end();
        });
        made.routes.add("POST", "/{a}", [](http::request r, http::exchange e) {
            e.respond({.content_type = r.content_type(), .body = std::move(r.body)});
        });
        return made;
    }();
    return s;
}

void turn(http::loop& l) {
    l.context().restart();
    l.context().poll();
}

std::string answers_to(std::string_view bytes, std::size_t size) {
    static http::loop l(state());
    std::array<int, 2> ends{};
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    l.adopt(
        http::socket_type(l.context(), http::asio::generic::stream_protocol(AF_UNIX, SOCK_STREAM), ends[1]));
    while (!bytes.empty()) {
        const auto piece = bytes.substr(0, size);
        if (::send(ends[0], piece.data(), piece.size(), MSG_NOSIGNAL) < 0) break; // it has closed
        bytes.remove_prefix(piece.size());
        turn(l);
    }
    ::shutdown(ends[0], SHUT_WR);
    for (int i = 0; i < 100 && state().connections > 0; ++i) turn(l);
    std::string all;
    std::array<char, 65536> buffer;
    for (ssize_t n; (n = ::recv(ends[0], buffer.data(), buffer.size(), 0)) > 0;) {
        all.append(buffer.data(), static_cast<std::size_t>(n));
    }
    ::close(ends[0]);
    for (int i = 0; i < 100 && state().connections > 0; ++i) turn(l);
    require(state().connections == 0);
    return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 4096) return 0;
    const std::size_t piece = data[0] % 61 + 1U; // the first byte says how to cut the others
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    compare_cuts(bytes, piece);
    const std::string said = answers_to(bytes, piece);
    require(said.empty() || said.starts_with("HTTP/1.1 "));
    return 0;
}
