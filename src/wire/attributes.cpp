#include "attributes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace sagaflow::wire {

namespace {

constexpr std::int64_t year_0 = -62167219200000; // ms
constexpr std::int64_t year_9999 = 253402300799999;

using text_member = std::string message::*;
struct text_attribute {
    std::string_view name;
    text_member member;
};
constexpr std::array texts = {
    text_attribute{"id", &message::id},
    text_attribute{"source", &message::source},
    text_attribute{"type", &message::type},
    text_attribute{"sagaid", &message::saga_id},
    text_attribute{"sagatype", &message::saga_type},
    text_attribute{"sagastep", &message::step},
    text_attribute{"sagareplyto", &message::reply_to},
    text_attribute{"causationid", &message::causation_id},
    text_attribute{"traceparent", &message::trace_parent},
    text_attribute{"tracestate", &message::trace_state},
    text_attribute{"sagareason", &message::reason},
};

using small_text = std::array<char, 32>;

// So many digits, zeros in front.
char* digits(char* to, unsigned value, int count) {
    for (int i = count; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
    return to + count;
}

// RFC 3339 in UTC, to the millisecond. That has years of four digits only.
std::string_view timestamp(time_point t, small_text& into) {
    t = std::clamp(t, time_point(duration(year_0)), time_point(duration(year_9999)));
    const auto day = std::chrono::floor<std::chrono::days>(t);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::duration_cast<std::chrono::milliseconds>(t - day));
    const auto number = [](auto n) { return static_cast<unsigned>(n.count()); };
    char* at = digits(into.data(), static_cast<unsigned>(static_cast<int>(date.year())), 4);
    *at++ = '-';
    at = digits(at, static_cast<unsigned>(date.month()), 2);
    *at++ = '-';
    at = digits(at, static_cast<unsigned>(date.day()), 2);
    *at++ = 'T';
    at = digits(at, number(time.hours()), 2);
    *at++ = ':';
    at = digits(at, number(time.minutes()), 2);
    *at++ = ':';
    at = digits(at, number(time.seconds()), 2);
    *at++ = '.';
    at = digits(at, number(time.subseconds()), 3);
    *at++ = 'Z';
    return {into.data(), at};
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// CloudEvents allows no control characters in an attribute.
std::string one_line(std::string_view text) {
    std::string line(text);
    std::replace_if(line.begin(), line.end(), is_control, ' ');
    return line;
}

template <class N>
std::string_view in_digits(N n, small_text& into) {
    return {into.data(), std::to_chars(into.data(), into.data() + into.size(), n).ptr};
}

template <class E>
std::optional<E> named(std::string_view name, E last) {
    for (auto e = E{}; e <= last; e = static_cast<E>(static_cast<int>(e) + 1))
        if (name == to_string(e)) return e;
    return std::nullopt;
}

std::string quoted(std::string_view text) {
    constexpr std::size_t shown = 64;
    return "'" + one_line(text.substr(0, shown)) + (text.size() > shown ? "…'" : "'");
}

} // namespace

void write_attributes(const message& m, const std::function<void(std::string_view, std::string_view)>& each) {
    small_text buffer{};
    const auto text = [&](std::string_view name, std::string_view value) {
        if (std::any_of(value.begin(), value.end(), is_control)) return each(name, one_line(value));
        each(name, value);
    };
    each("specversion", "1.0");
    for (const auto& [name, member] : texts)
        if (!(m.*member).empty()) text(name, m.*member);
    if (m.issued != time_point{}) each("time", timestamp(m.issued, buffer));
    each("sagakind", to_string(m.kind));
    if (m.kind == message_kind::reply) each("sagaoutcome", to_string(m.outcome));
    each("sagaattempt", in_digits(m.attempt, buffer));
    const auto in_ms = [&](time_point t) { return in_digits(t.time_since_epoch().count(), buffer); };
    if (m.started != time_point{}) each("sagastarted", in_ms(m.started));
    if (m.issued != time_point{}) each("sagaissued", in_ms(m.issued));
    if (!m.saga_id.empty()) text("correlationid", m.saga_id);
}

template <class N>
void attribute_reader::number(std::string_view name, std::string_view value, N& into, N most) {
    N n{};
    const auto* const end = value.data() + value.size();
    const auto [at, failed] = std::from_chars(value.data(), end, n);
    if (failed != std::errc{} || at != end || n < 0 || n > most)
        return unreadable(std::string(name) + " is " + quoted(value) + ", not a number from 0 to " +
                          std::to_string(most));
    into = n;
}

void attribute_reader::take(std::string_view name, std::string_view value) {
    const auto text =
        std::find_if(texts.begin(), texts.end(), [&](const text_attribute& t) { return t.name == name; });
    if (text != texts.end()) {
        m_.*(text->member) = value;
    } else if (name == "specversion") {
        spec_version_ = value;
    } else if (name == "correlationid") {
        if (m_.saga_id.empty()) m_.saga_id = value;
    } else if (name == "sagakind") {
        const auto kind = named(value, message_kind::status);
        if (!kind) return unreadable("sagakind is " + quoted(value) + ", which nobody here knows");
        m_.kind = *kind;
        kind_known_ = true;
    } else if (name == "sagaoutcome") {
        const auto outcome = named(value, reply_outcome::unknown);
        m_.outcome = outcome.value_or(reply_outcome::unknown); // no success, where a dead letter says it
        if (!outcome) unreadable("sagaoutcome is " + quoted(value) + ", which nobody here knows");
    } else if (name == "sagaattempt") {
        number(name, value, m_.attempt, std::numeric_limits<std::uint32_t>::max());
    } else if (name == "sagastarted" || name == "sagaissued") {
        std::int64_t ms = 0;
        number(name, value, ms, year_9999);
        (name == "sagastarted" ? m_.started : m_.issued) = time_point(duration(ms));
    }
}

void attribute_reader::correlated_with(std::string_view id) {
    correlation_ = id;
}

void attribute_reader::answer_to(std::string_view address) {
    reply_to_ = address;
}

void attribute_reader::unreadable(std::string why) {
    if (unreadable_.empty()) unreadable_ = std::move(why);
}

// A message without a kind answers something, if it says what.
message attribute_reader::finish(std::string body) && {
    if (!spec_version_.empty() && spec_version_ != "1.0")
        unreadable("specversion is " + quoted(spec_version_) + ", not 1.0");
    const bool answers = !m_.causation_id.empty() || !correlation_.empty();
    if (!kind_known_) m_.kind = answers ? message_kind::reply : message_kind::command;
    if (m_.kind == message_kind::reply && m_.causation_id.empty()) m_.causation_id = correlation_;
    if (m_.reply_to.empty() && m_.kind != message_kind::reply) m_.reply_to = reply_to_;
    if (!unreadable_.empty()) {
        m_.type.clear();
        m_.reason = std::move(unreadable_);
    }
    m_.body = std::move(body);
    return std::move(m_);
}

} // namespace sagaflow::wire
