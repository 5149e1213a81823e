#include <sagaflow/http_metrics.hpp>

#include <array>
#include <charconv>
#include <map>
#include <string_view>
#include <utility>

namespace sagaflow::http {
namespace {

constexpr const char* text_format = "text/plain; version=0.0.4; charset=utf-8";

// `also` stands with a backslash before it, as backslashes and line ends do.
void append_escaped(std::string& out, std::string_view text, char also) {
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == also) out += '\\';
        out += c;
    }
}

void append_value(std::string& out, double value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void append_sample(std::string& out, const metric& m) {
    out += m.name;
    char before = '{';
    for (const auto& [name, value] : m.labels) {
        out += std::exchange(before, ',');
        out += name;
        out += "=\"";
        append_escaped(out, value, '"');
        out += '"';
    }
    if (!m.labels.empty()) out += '}';
    out += ' ';
    append_value(out, m.value);
    out += '\n';
}

void append_head(std::string& out, const metric& m) {
    out += "# HELP " + m.name + ' ';
    append_escaped(out, m.help, '\\');
    out += "\n# TYPE " + m.name + (m.kind == metric::type::counter ? " counter\n" : " gauge\n");
}

void add_own(std::vector<metric>& all, const server_stats& s) {
    const auto add = [&all](const char* name, const char* help, metric::type kind, auto value) {
        all.push_back({name, help, kind, {}, static_cast<double>(value)});
    };
    add("sagaflow_http_connections", "Open connections.", metric::type::gauge, s.connections);
    add("sagaflow_http_streams", "Streams of events among them.", metric::type::gauge, s.streams);
    add("sagaflow_http_requests_total", "Requests read whole.", metric::type::counter, s.requests);
    add("sagaflow_http_bad_requests_total",
        "Requests refused because they were malformed, too large or late.", metric::type::counter,
        s.bad_requests);
    add("sagaflow_http_refused_connections_total", "Connections over the limit.", metric::type::counter,
        s.refused);
    add("sagaflow_http_cut_off_total", "Clients cut off because they read too slowly.", metric::type::counter,
        s.cut_off);
}

} // namespace

std::string to_prometheus(const std::vector<metric>& all) {
    std::vector<std::vector<const metric*>> families;
    std::map<std::string_view, std::size_t> at;
    for (const auto& m : all) {
        const auto [family, is_new] = at.try_emplace(m.name, families.size());
        if (is_new) families.emplace_back();
        families[family->second].push_back(&m);
    }
    std::string out;
    for (const auto& family : families) {
        append_head(out, *family.front());
        for (const auto* m : family) append_sample(out, *m);
    }
    return out;
}

void add_metrics(server& s, std::function<std::vector<metric>()> collect) {
    s.route("GET", "/metrics", [&s, collect = std::move(collect)](const request&, exchange e) {
        auto all = collect();
        add_own(all, s.stats());
        e.respond({.status = 200,
                   .content_type = text_format,
                   .body = to_prometheus(all),
                   .headers = {{"Cache-Control", "no-store"}}});
    });
}

} // namespace sagaflow::http
