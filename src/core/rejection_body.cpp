#include "core/rejection_body.hpp"

#include "core/json_text.hpp"

#include <boost/json.hpp>

namespace sagaflow::core {

namespace {
constexpr std::size_t max_reason_bytes = 1024;
}

std::string write_rejection(std::string_view reason) {
    std::string out;
    object_writer o(out);
    o.text("reason", reason);
    o.close();
    return out;
}

std::string read_rejection(std::string_view body) {
    return read_reason(body, "rejected");
}

std::string read_reason(std::string_view body, std::string_view otherwise) {
    boost::json::error_code ec;
    const auto value = boost::json::parse(body, ec);
    const auto* object = ec ? nullptr : value.if_object();
    const auto* reason = object ? object->if_contains("reason") : nullptr;
    if (!reason || !reason->is_string() || reason->get_string().empty()) return std::string(otherwise);
    std::string text(reason->get_string());
    if (text.size() <= max_reason_bytes) return text;
    std::size_t cut = max_reason_bytes;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut; // not inside a character
    text.resize(cut);
    return text;
}

} // namespace sagaflow::core
