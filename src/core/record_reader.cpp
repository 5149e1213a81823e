// The stored record: reading. What was written by any earlier version of the library is read; unknown members
// are ignored.
#include "core/record.hpp"
#include "text/raw_member.hpp"

#include <algorithm>
#include <array>

#include <boost/json.hpp>

namespace sagaflow::core {

namespace {

namespace json = boost::json;

constexpr std::size_t max_depth = 64; // the user's state (32 at most) within the record

[[noreturn]] void fail(const saga_row& row, const std::string& what) {
    throw error(
        errc::corrupt,
        "the stored record of saga '" + row.id + "' (birth " + std::to_string(row.birth) +
            ") can't be read: " + what +
            "; restore the store from a backup, or remove this row once its effects were undone by hand");
}

json::value parse(const saga_row& row, json::error_code& ec) {
    json::parse_options options;
    options.max_depth = max_depth;
    return json::parse(row.record, ec, {}, options);
}

json::value parse(const saga_row& row) {
    json::error_code ec;
    auto value = parse(row, ec);
    if (ec) fail(row, ec.message());
    if (!value.is_object()) fail(row, "it is not a JSON object");
    return value;
}

// Typed access to one object's members, with the row for error messages.
class reader {
  public:
    reader(const saga_row& row, const json::object& from, std::string where)
        : row_(row), from_(from), where_(std::move(where)) {}

    const json::value* find(std::string_view name) const { return from_.if_contains(name); }
    bool flag(std::string_view name) const {
        const auto* v = find(name);
        if (v && !v->is_bool()) fail(row_, where_ + std::string(name) + " is neither true nor false");
        return v && v->get_bool();
    }
    std::string text(std::string_view name) const {
        const auto* v = find(name);
        if (!v) return {};
        if (!v->is_string()) fail(row_, where_ + std::string(name) + " is not a string");
        return std::string(v->get_string());
    }
    std::int64_t number(std::string_view name, std::int64_t missing, std::int64_t min,
                        std::int64_t max) const {
        const auto* v = find(name);
        if (!v) return missing;
        if (!v->is_int64() || v->get_int64() < min || v->get_int64() > max)
            fail(row_, where_ + std::string(name) + " is not a number from " + std::to_string(min) + " to " +
                           std::to_string(max));
        return v->get_int64();
    }
    time_point time(std::string_view name) const {
        static constexpr std::int64_t year_9999 = 253402300799999;
        return time_point(duration(number(name, 0, 0, year_9999)));
    }

  private:
    const saga_row& row_;
    const json::object& from_;
    std::string where_;
};

template <class E, std::size_t N>
E one_of(const saga_row& row, const std::string& what, const std::string& text,
         const std::array<E, N>& values) {
    for (const auto v : values)
        if (text == to_string(v)) return v;
    fail(row, what + " has the unknown value '" + text + "'; it may come from a newer version");
}

phase_record read_phase(const saga_row& row, const json::object& record) {
    static const json::object none;
    const auto* v = record.if_contains("phase");
    if (v && !v->is_object()) fail(row, "phase is not an object");
    const reader in(row, v && v->is_object() ? v->get_object() : none, "phase.");
    switch (row.state) {
        case saga_state::running:
            return phase::running{};
        case saga_state::compensating:
            return phase::compensating{in.text("reason")};
        case saga_state::completed:
            return phase::completed{};
        case saga_state::compensated:
            return phase::compensated{in.text("reason")};
        case saga_state::abandoned:
            return phase::abandoned{in.text("reason")};
        case saga_state::suspended:
            break;
    }
    phase::suspended s;
    s.why = one_of(row, "phase.why", in.text("why"),
                   std::array{suspension::rejected, suspension::unanswered, suspension::compensation_failed,
                              suspension::function_threw, suspension::not_hosted, suspension::refused,
                              suspension::expired, suspension::by_operator});
    s.reason = in.text("reason");
    if (in.find("compensating")) s.compensating = std::make_unique<std::string>(in.text("compensating"));
    return s;
}

step_state read_state(const saga_row& row, const std::string& name, const std::string& text) {
    return one_of(row, "step '" + name + "'", text,
                  std::array{step_state::waiting, step_state::sent, step_state::done, step_state::rejected,
                             step_state::in_doubt, step_state::skipped, step_state::compensating,
                             step_state::compensated, step_state::compensation_failed});
}

step_record read_step(const saga_row& row, const std::string& name, const json::value& v) {
    step_record s;
    if (v.is_string()) {
        s.state = read_state(row, name, std::string(v.get_string()));
    } else if (v.is_object()) {
        const reader in(row, v.get_object(), "steps." + name + ".");
        s.state = read_state(row, name, in.text("is"));
        s.action_number = static_cast<std::uint16_t>(in.number("action", 1, 1, 65535));
        s.compensation_number = static_cast<std::uint16_t>(in.number("compensation", 1, 1, 65535));
        s.taken = in.flag("taken");
        s.given_up = in.flag("given_up");
        s.answered = in.flag("answered");
        s.late_noted = in.flag("late");
        s.late_compensation_noted = in.flag("late_compensation");
        if (in.find("reason")) s.reason = std::make_unique<std::string>(in.text("reason"));
        if (in.find("attempt")) {
            s.out = std::make_unique<outstanding>();
            s.out->attempt = static_cast<int>(in.number("attempt", 1, 1, unlimited));
            s.out->issued = in.time("issued");
            s.out->due = in.time("due");
            if (in.find("body")) s.out->body = std::make_unique<std::string>(in.text("body"));
            s.out->accepted = true;
        }
    } else {
        fail(row, "step '" + name + "' is neither a string nor an object");
    }
    const bool may_leave_again = s.state == step_state::sent || s.state == step_state::in_doubt ||
                                 s.state == step_state::compensating || (failed(s) && !s.answered);
    if (may_leave_again && !s.out) fail(row, "step '" + name + "' was sent but has no attempt");
    if (s.state == step_state::rejected && !s.reason)
        fail(row, "step '" + name + "' is rejected for no reason");
    return s;
}

std::vector<kept_reply> read_kept(const saga_row& row, const json::object& record) {
    std::vector<kept_reply> kept;
    const auto* v = record.if_contains("kept");
    if (!v) return kept;
    if (!v->is_array()) fail(row, "kept is not an array");
    for (const auto& item : v->get_array()) {
        if (!item.is_object()) fail(row, "kept holds something else than objects");
        const reader in(row, item.get_object(), "kept.");
        kept_reply k;
        k.step = in.text("step");
        k.compensation = in.flag("compensation");
        k.number = static_cast<std::uint32_t>(in.number("number", 1, 1, 65535));
        k.outcome =
            one_of(row, "kept.outcome", in.text("outcome"),
                   std::array{reply_outcome::success, reply_outcome::rejected, reply_outcome::unknown});
        k.body = in.text("body");
        kept.push_back(std::move(k));
    }
    return kept;
}

void read_steps(const plan& definition, const saga_row& row, const json::object& record, saga_record& r) {
    r.steps.resize(definition.steps.size());
    const auto* v = record.if_contains("steps");
    if (!v || !v->is_object()) fail(row, "it has no steps");
    for (const auto& [name, step] : v->get_object()) {
        const auto index = definition.find(std::string_view(name));
        if (!index) fail(row, "it has a step '" + std::string(name) + "' that the definition does not have");
        r.steps[*index] = read_step(row, std::string(name), step);
    }
}

// Whatever the user's codec throws concerns this saga only.
state_ptr decode_state(const plan& definition, const std::string& data) {
    try {
        return definition.decode(data);
    } catch (const std::exception& e) {
        throw error(errc::invalid_argument, e.what());
    } catch (...) {
        throw error(errc::invalid_argument, "the codec threw something that is not a std::exception");
    }
}

// Of a record that was parsed. As it was written, byte for byte: a command's body is made of it again (R3).
std::string user_data(const saga_row& row) {
    const auto data = text::raw_member(row.record, "data");
    if (!data) fail(row, "it has no data");
    return std::string(*data);
}

// R21: a clock that was ahead when it was stored must not hold the saga up.
void cut_due_times(const plan& definition, saga_record& r, time_point now) {
    for (std::size_t i = 0; i < r.steps.size(); ++i) {
        auto& s = r.steps[i];
        if (!s.out) continue;
        const bool compensation =
            s.state == step_state::compensating || s.state == step_state::compensation_failed;
        const auto& p = definition.steps[i];
        s.out->due = std::min(s.out->due, now + (compensation ? p.compensation_timeout : p.timeout));
    }
    if (r.due && definition.timeout) r.due = std::min(*r.due, now + *definition.timeout);
}

} // namespace

saga_record decode(const plan& definition, const saga_row& row, time_point now) {
    const auto tree = parse(row);
    const auto& record = tree.get_object();
    const reader in(row, record, "");
    saga_record r;
    r.id = row.id;
    r.birth = row.birth;
    r.input_hash = row.input_hash;
    r.last_event = row.last_event;
    r.started = row.started;
    r.finished = row.finished;
    if (in.find("due")) r.due = in.time("due");
    r.due_noted = in.flag("due_noted");
    r.alerted = in.flag("alerted");
    r.late_replies = static_cast<std::uint32_t>(in.number("late_replies", 0, 0, 0xffffffffLL));
    r.phase = read_phase(row, record);
    r.data = user_data(row);
    r.status = in.text("status");
    r.kept = read_kept(row, record);
    if (in.find("trace_parent"))
        r.trace =
            std::make_unique<trace_context>(trace_context{in.text("trace_parent"), in.text("trace_state")});
    read_steps(definition, row, record, r);
    if (definition.decode) r.state = decode_state(definition, r.data);
    cut_due_times(definition, r, now);
    return r;
}

std::string data_of(const saga_row& row) {
    parse(row); // or it throws
    return user_data(row);
}

std::vector<std::string> step_names_of(const saga_row& row) {
    std::vector<std::string> names;
    json::error_code ec;
    const auto tree = parse(row, ec);
    const auto* record = ec ? nullptr : tree.if_object();
    const auto* steps = record ? record->if_contains("steps") : nullptr;
    if (steps && steps->is_object())
        for (const auto& [name, value] : steps->get_object()) names.emplace_back(name);
    return names;
}

} // namespace sagaflow::core
