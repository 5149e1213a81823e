// What stands in a store's file, and what comes on a reply. A record that was written by anybody is refused
// with a message, or what was read is written as a record that reads as the same.
#include "core/command_id.hpp"
#include "core/machine.hpp"
#include "core/rejection_body.hpp"
#include "core/report.hpp"

#include <sagaflow/error.hpp>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

namespace {

namespace core = sagaflow::core;

void require(bool holds, const char* what, std::string_view about) {
    if (holds) return;
    std::cerr << what << ": " << about << std::endl;
    std::abort();
}

constexpr sagaflow::time_point now{std::chrono::seconds(2'000'000'000)};

void read_record(const sagaflow::plan& definition, const sagaflow::saga_row& row) {
    std::string once;
    try {
        const auto written = core::encode(definition, core::decode(definition, row, now));
        require(written.state == row.state, "its state changed", row.record);
        once = written.record;
    } catch (const sagaflow::error& e) {
        require(e.code() == sagaflow::errc::corrupt, "refused for another reason", e.what());
        require(std::string_view(e.what()).find(row.id) != std::string_view::npos, "names no saga", e.what());
        return;
    }
    auto again = row;
    again.record = once;
    try {
        require(core::encode(definition, core::decode(definition, again, now)).record == once,
                "what was written reads as something else", once);
    } catch (const sagaflow::error& e) {
        require(false, e.what(), once);
    }
}

void report(const sagaflow::saga_row& row) {
    try {
        const auto said = core::report_of(row, true);
        require(said.id == row.id && said.state == row.state, "another saga", row.record);
    } catch (const sagaflow::error& e) {
        require(e.code() == sagaflow::errc::corrupt, "refused for another reason", e.what());
    }
}

void read_reply(std::string_view bytes) {
    const auto reason = core::read_rejection(bytes);
    require(!reason.empty() && reason.size() <= 1024, "no reason or a long one", bytes);
    if (const auto id = core::parse_command_id(bytes)) {
        const auto text = core::format(*id);
        const auto again = core::parse_command_id(text);
        require(again && again->saga == id->saga && again->birth == id->birth && again->step == id->step &&
                    again->compensation == id->compensation && again->number == id->number,
                "a command id reads as another", bytes);
        require(bytes.starts_with(core::common_part(bytes, *id)), "no part of it", bytes);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    read_reply(bytes);
    if (size == 0) return 0;
    sagaflow::saga_row row; // the first byte is its state
    row.birth = 7;
    row.id = "fuzzed";
    row.saga_type = "trip";
    row.state = static_cast<sagaflow::saga_state>(data[0] % 6);
    row.record = bytes.substr(1);
    const auto definition = core::placeholder_plan(row);
    read_record(definition, row);
    report(row);
    return 0;
}
