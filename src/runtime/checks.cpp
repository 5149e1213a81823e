#include "runtime/checks.hpp"

#include "core/foreign_rejection.hpp"

#include <sagaflow/transport.hpp>

#include <algorithm>
#include <array>

namespace sagaflow::runtime {

namespace {

constexpr std::size_t longest_saga_id = 128;

// The length of the character that begins there; 0: none does.
std::size_t character_at(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) return 1;
    const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
    if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0U) != 0x80) return 0;
    const bool overlong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
    const bool surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
    const bool beyond = byte(0) == 0xF4 && byte(1) >= 0x90;
    return overlong || surrogate || beyond ? 0 : length;
}

failure bad_id(const std::string& what) {
    return {errc::invalid_argument,
            "a saga id is 1 to 128 bytes of UTF-8 without control characters; this one " + what};
}

void require(bool holds, const std::string& message) {
    if (!holds) throw error(errc::invalid_argument, "engine_options: " + message);
}

} // namespace

std::optional<failure> check_saga_id(std::string_view id) {
    if (id.empty()) return bad_id("is empty");
    if (id.size() > longest_saga_id) return bad_id("has " + std::to_string(id.size()) + " bytes");
    for (std::size_t i = 0, length = 0; i < id.size(); i += length) {
        length = character_at(id.substr(i));
        if (length == 0) return bad_id("is not UTF-8 at byte " + std::to_string(i));
        const auto first = static_cast<unsigned char>(id[i]);
        const bool c1 = first == 0xC2 && static_cast<unsigned char>(id[i + 1]) < 0xA0;
        if (first < 0x20 || first == 0x7F || c1)
            return bad_id("has a control character at byte " + std::to_string(i));
    }
    return std::nullopt;
}

void check(const engine_options& options) {
    require(!options.name.empty(), "name is empty: it names the reply address");
    require(options.store != nullptr, "store is missing: sagaflow::sqlite::open() makes one");
    require(!options.transports.empty(), "transports is empty: an engine needs at least one");
    for (const auto& t : options.transports) require(t != nullptr, "a transport is null");
    for (const auto& [type, to] : options.routes) {
        const auto& all = options.transports;
        require(!to.transport || std::find(all.begin(), all.end(), to.transport) != all.end(),
                "the route of '" + type + "' names a transport that is not among transports");
        if (!to.rejected) continue;
        for (const auto& pointer : {to.rejected->pointer, to.rejected->reason})
            require(core::is_json_pointer(pointer),
                    "the route of '" + type + "': '" + pointer +
                        "' is not a JSON pointer (RFC 6901), such as /error/text");
    }
    if (const auto& s = options.status) {
        const auto& all = options.transports;
        require(!s->address.empty(), "status has no address");
        require(!s->transport || std::find(all.begin(), all.end(), s->transport) != all.end(),
                "status names a transport that is not among transports");
    }
    const auto& l = options.limits;
    for (const auto limit : std::array{l.payload_bytes, l.hot_sagas, l.pending_starts, l.unaccepted_publishes,
                                       l.queued_replies, l.watchers, l.watcher_backlog})
        require(limit > 0, "a limit is 0: nothing could ever be taken on");
    require(options.retention >= duration::zero(), "retention is negative");
    require(options.command_lifetime > duration::zero(), "command_lifetime must be positive");
}

} // namespace sagaflow::runtime
