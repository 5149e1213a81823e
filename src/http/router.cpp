#include "http/router.hpp"

#include "http/ascii.hpp"
#include "http/percent.hpp"

#include <sagaflow/error.hpp>

#include <algorithm>
#include <optional>
#include <set>

namespace sagaflow::http {
namespace {

[[noreturn]] void refuse(std::string_view pattern, const std::string& why) {
    throw error(errc::invalid_argument, "the route \"" + std::string(pattern) + "\" " + why);
}

std::optional<std::vector<std::string>> decoded_segments(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1); // the slash
        const auto end = path.find('/');
        auto segment = percent_decode(path.substr(0, end));
        if (!segment) return std::nullopt;
        segments.push_back(std::move(*segment));
        path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
    }
    return segments;
}

std::string listed(std::set<std::string_view> methods) {
    if (methods.contains("GET")) methods.insert("HEAD");
    methods.insert("OPTIONS");
    std::string out;
    for (const auto method : methods) (out += out.empty() ? "" : ", ") += method;
    return out;
}

} // namespace

std::vector<router::segment> router::parse(std::string_view pattern) {
    if (!pattern.starts_with('/')) refuse(pattern, "must start with '/'");
    std::vector<segment> segments;
    for (auto& text : decoded_segments(pattern).value_or(std::vector<std::string>{})) {
        const bool is_param = text.starts_with('{') && text.ends_with('}');
        if (is_param) text = text.substr(1, text.size() - 2);
        if (text.find_first_of("{}") != std::string::npos || (is_param && text.empty())) {
            refuse(pattern, "must name a parameter as a whole segment, as in /user/{userId}");
        }
        segments.push_back({std::move(text), is_param});
    }
    if (segments.empty()) refuse(pattern, "has a '%' without two hex digits after it");
    return segments;
}

void router::add(std::string_view method, std::string_view pattern, handler h) {
    if (method.empty() || !h) refuse(pattern, "needs a method and a handler");
    entry added{std::string(method), parse(pattern), std::move(h)};
    for (const entry& e : entries_) {
        const auto same = [](const segment& a, const segment& b) {
            return a.is_param == b.is_param && (a.is_param || a.text == b.text);
        };
        if (e.method == method && std::ranges::equal(e.segments, added.segments, same)) {
            refuse(pattern, "was added twice for " + added.method);
        }
    }
    entries_.push_back(std::move(added));
}

bool router::fits(const entry& e, const std::vector<std::string>& path) {
    return std::ranges::equal(e.segments, path, [](const segment& s, const std::string& text) {
        return s.is_param ? !text.empty() : s.text == text;
    });
}

// Both fit the same path: the one whose plain text reaches further wins.
bool router::is_closer(const entry& a, const entry& b) {
    return std::ranges::lexicographical_compare(a.segments, b.segments, {}, &segment::is_param,
                                                &segment::is_param);
}

router::match router::find(std::string_view method, std::string_view path) const {
    match found;
    const auto segments = decoded_segments(path);
    if (!segments) {
        found.malformed = true;
        return found;
    }
    const entry* best = nullptr;
    const entry* for_head = nullptr;
    std::set<std::string_view> methods;
    for (const entry& e : entries_) {
        if (!fits(e, *segments)) continue;
        methods.insert(e.method);
        if (e.method == method && (best == nullptr || is_closer(e, *best))) best = &e;
        if (e.method == "GET" && (for_head == nullptr || is_closer(e, *for_head))) for_head = &e;
    }
    if (best == nullptr && method == "HEAD") best = for_head;
    if (!methods.empty()) found.allowed = listed(std::move(methods));
    if (best == nullptr) return found;
    found.target = &best->target;
    for (std::size_t i = 0; i < segments->size(); ++i) {
        const segment& s = best->segments[i];
        if (s.is_param) found.params.push_back({s.text, (*segments)[i]});
    }
    return found;
}

std::string router::all_methods() const {
    std::set<std::string_view> methods;
    for (const entry& e : entries_) methods.insert(e.method);
    return listed(std::move(methods));
}

} // namespace sagaflow::http
