#include "core/foreign_rejection.hpp"

#include <boost/json.hpp>

namespace sagaflow::core {

namespace {

const boost::json::value* at(const boost::json::value& body, const std::string& pointer) {
    boost::json::error_code ec;
    const auto* found = body.find_pointer(pointer, ec);
    return ec ? nullptr : found;
}

std::string text_of(const boost::json::value& v) {
    return v.is_string() ? std::string(v.get_string()) : boost::json::serialize(v);
}

bool says_no(const boost::json::value& v, const rejection_in_body& rule) {
    if (!rule.equals.empty()) return text_of(v) == rule.equals;
    return !v.is_null() && !(v.is_bool() && !v.get_bool());
}

} // namespace

std::optional<std::string> foreign_rejection(const foreign_rejections& rules, const std::string& command_type,
                                             std::string_view body) {
    if (rules.empty()) return std::nullopt;
    const auto rule = rules.find(command_type);
    if (rule == rules.end()) return std::nullopt;
    boost::json::error_code ec;
    const auto value = boost::json::parse(body, ec);
    const auto* verdict = ec ? nullptr : at(value, rule->second.pointer);
    if (!verdict || !says_no(*verdict, rule->second)) return std::nullopt;
    const auto* reason = rule->second.reason.empty() ? nullptr : at(value, rule->second.reason);
    if (reason && !reason->is_null()) return text_of(*reason);
    return verdict->is_string() ? text_of(*verdict) : std::string();
}

bool is_json_pointer(std::string_view text) {
    if (!text.empty() && text.front() != '/') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '~') continue;
        const char next = i + 1 < text.size() ? text[i + 1] : ' ';
        if (next != '0' && next != '1') return false;
    }
    return true;
}

} // namespace sagaflow::core
