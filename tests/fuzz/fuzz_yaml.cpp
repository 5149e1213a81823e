// Settings from any text. The input is a file; after a line `%%` come arguments and, without dashes,
// variables, one a line. Whatever they hold: no crash, no hang; messages stay one readable line; a mistake
// changes nothing; and what was taken prints as settings that load again as the same.
#include <sagaflow/yaml.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace config = sagaflow::config;

enum class flow { compensate, synchronise };

struct options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8000;
    std::int64_t offset = -1;
    bool tls = false;
    std::uint64_t max_body = 64;
    std::chrono::milliseconds idle{5};
    double rate = 1;
    flow chosen = flow::compensate;
    std::string password = {};
    std::vector<std::string> brokers = {};
    config::properties extra = {};

    friend bool operator==(const options&, const options&) = default;
};

config::settings settings_for(options& target) {
    config::settings table({.name = "fuzz", .environment_prefix = "S"});
    table.add("http.host", &target.host);
    table.add("http.port", &target.port, {.max = 65535, .alias = "port", .reloadable = true});
    table.add("http.offset", &target.offset);
    table.add("http.tls", &target.tls);
    table.add_size("http.max_body", &target.max_body);
    table.add("http.idle", &target.idle);
    table.add("rate", &target.rate);
    table.add("flow", &target.chosen, {{"compensate", flow::compensate}, {"synchronise", flow::synchronise}});
    table.add("store.password", &target.password, {.secret = true});
    table.add("kafka.brokers", &target.brokers);
    table.add("kafka.properties", &target.extra);
    return table;
}

void require(bool holds, const char* what, const std::string& about) {
    if (holds) return;
    std::cerr << what << ":\n" << about << std::endl;
    std::abort();
}

config::sources sources_of(std::string_view input) {
    constexpr std::string_view separator = "\n%%\n";
    const auto end = input.find(separator);
    config::sources from{.file = "fuzz.yaml", .text = std::string(input.substr(0, end))};
    if (end == std::string_view::npos) return from;
    std::istringstream rest(std::string(input.substr(end + separator.size())));
    for (std::string line; std::getline(rest, line);) {
        (line.starts_with('-') ? from.arguments : from.environment).push_back(line);
    }
    return from;
}

bool is_one_readable_line(const std::string& text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
    }
    return true;
}

void check_printed(const options& taken, const config::settings& table) {
    std::ostringstream printed;
    table.print_effective(printed);
    if (printed.str().find("********") != std::string::npos) return; // a secret does not come back
    options again;
    auto reader = settings_for(again);
    const auto mistakes = reader.load({.file = "printed.yaml", .text = printed.str()});
    require(mistakes.empty(), "printed settings are refused",
            printed.str() + (mistakes.empty() ? "" : mistakes[0].text()));
    require(again == taken, "printed settings differ", printed.str());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    // Settings may name files to read; keep to those that come to an end.
    if (input.find("/dev") != std::string_view::npos || input.find("/proc") != std::string_view::npos)
        return 0;
    options taken;
    auto table = settings_for(taken);
    const auto mistakes = table.load(sources_of(input));
    for (const auto& mistake : mistakes) {
        require(is_one_readable_line(mistake.text()), "a message is not one readable line", mistake.text());
    }
    if (mistakes.empty()) {
        check_printed(taken, table);
        const auto result = table.reload();
        require(result.mistakes.empty() && result.changed.empty() && result.warnings.empty(),
                "the same sources give something else", "");
    } else {
        require(taken == options(), "a mistake changed something", mistakes[0].text());
    }
    return 0;
}
