#include "testing/player.hpp"

#include "core/rejection_body.hpp"
#include "testing/words.hpp"

#include <charconv>
#include <stdexcept>

#include <boost/json.hpp>

namespace sagaflow::testing {

namespace {

[[noreturn]] void unreadable(std::string_view event, const std::string& why) {
    throw error(errc::invalid_argument,
                "the transcript's '" + std::string(event) + "' can't be read: " + why);
}

void add(std::string& out, const std::string& item) {
    if (item.empty()) return;
    if (!out.empty()) out += "; ";
    out += item;
}

std::string or_nothing(std::string out) {
    return out.empty() ? "nothing" : out;
}

} // namespace

player::player(std::shared_ptr<const plan> definition, std::string input, core::machine_options options)
    : plan_(std::move(definition)), input_(std::move(input)), options_(options), machine_(*plan_, options_) {}

std::string player::play(std::string_view event) {
    auto rest = event;
    const auto what = next_word(rest);
    if (what == "start") return begin();
    if (record_.id.empty()) unreadable(event, "the saga has to start first");
    if (what == "wait") return wait(read_duration(rest));
    if (what == "transport") return transport(rest);
    if (what == "restart") return restart();
    for (const auto v : {core::verb::cancel, core::verb::suspend, core::verb::retry, core::verb::skip,
                         core::verb::undo, core::verb::abandon})
        if (what == core::to_string(v)) return operate(v, rest);
    const auto to = [&] { return read_command(std::string(next_word(rest))); };
    if (what == "reply") {
        const auto c = to();
        return reply(c, reply_outcome::success, rest.empty() ? "{}" : std::string(rest));
    }
    if (what == "reject") {
        const auto c = to();
        return reply(c, reply_outcome::rejected, core::write_rejection(rest));
    }
    if (what == "unknown") {
        const auto c = to();
        return reply(c, reply_outcome::unknown, rest.empty() ? "{}" : core::write_rejection(rest));
    }
    if (what == "refuse") {
        const auto c = to();
        return or_nothing(take(machine_.refused(record_, c.step, c.compensation, std::string(rest), now_)));
    }
    unreadable(event, "nothing is called '" + std::string(what) + "'");
}

player::command player::read_command(const std::string& text) const {
    command c;
    std::string_view rest = text;
    if (const auto slash = rest.rfind('/'); slash != std::string_view::npos) {
        const auto last = rest.substr(slash + 1);
        const auto [end, ec] = std::from_chars(last.data(), last.data() + last.size(), c.number);
        if (ec == std::errc() && end == last.data() + last.size()) rest = rest.substr(0, slash);
    }
    static constexpr std::string_view mark = "/compensation";
    c.compensation = rest.ends_with(mark);
    if (c.compensation) rest.remove_suffix(mark.size());
    const auto step = plan_->find(rest);
    if (!step) unreadable(text, "the saga has no step '" + std::string(rest) + "'");
    c.step = *step;
    return c;
}

std::string player::name_of(std::size_t step, bool compensation) const {
    const auto& s = record_.steps[step];
    const auto number = compensation ? s.compensation_number : s.action_number;
    return plan_->steps[step].name + (compensation ? "/compensation" : "") +
           (number > 1 ? "/" + std::to_string(number) : "");
}

std::string player::begin() {
    record_.id = "saga";
    record_.birth = 1;
    record_.data = input_;
    return or_nothing(take(machine_.start(record_, now_)));
}

std::string player::reply(const command& to, reply_outcome outcome, std::string body) {
    return or_nothing(
        take(machine_.reply(record_, {to.step, to.compensation, to.number, outcome, std::move(body)}, now_)));
}

std::string player::operate(core::verb what, std::string_view arguments) {
    core::verb_input in{what, "operator", std::string(arguments), ""};
    if (what == core::verb::skip) {
        const auto colon = std::min(arguments.find(':'), arguments.size());
        in.step = trimmed(arguments.substr(0, colon));
        in.why = colon < arguments.size() ? trimmed(arguments.substr(colon + 1)) : "";
    }
    auto done = machine_.operate(record_, in, now_);
    if (const auto* why_not = std::get_if<failure>(&done)) {
        check_promises({});
        return std::string("refused ") + to_string(why_not->code) + " (" + why_not->message + ")";
    }
    return or_nothing(take(std::move(std::get<core::transition>(done))));
}

std::string player::wait(duration span) {
    const auto end = now_ + span;
    std::string out;
    while (true) {
        const auto wake = machine_.wake_time(record_);
        if (!wake || *wake > end) break;
        now_ = std::max(now_, *wake);
        add(out, take(machine_.timer(record_, now_)));
        if (machine_.wake_time(record_) == wake) throw std::logic_error("a timer fires for ever");
    }
    now_ = end;
    return or_nothing(out);
}

std::string player::transport(std::string_view condition) {
    if (condition != "up" && condition != "down") unreadable(condition, "a transport is up or down");
    transport_up_ = condition == "up";
    if (!transport_up_) return "nothing";
    for (const auto& order : std::exchange(unaccepted_, {})) {
        const auto& out = record_.steps[order.step].out;
        if (out) machine_.accepted(record_, order.step, order.compensation, out->attempt, now_);
    }
    seen_ = core::encode(*plan_, record_).record;
    return "nothing";
}

std::string player::restart() {
    record_ = core::decode(*plan_, stored_, now_);
    seen_ = core::encode(*plan_, record_).record;
    unaccepted_.clear();
    return or_nothing(take(machine_.resend(record_, now_)));
}

std::string player::take(core::transition t) {
    check_promises(t);
    std::string out;
    if (t.note) add(out, told(*t.note));
    if (t.note && !t.note->status.empty()) add(out, "status " + t.note->status);
    for (const auto& order : t.sends) {
        add(out, sent(order));
        if (transport_up_)
            machine_.accepted(record_, order.step, order.compensation, record_.steps[order.step].out->attempt,
                              now_);
        else
            unaccepted_.push_back(order);
    }
    seen_ = core::encode(*plan_, record_).record; // an acceptance moves clocks
    if (t.alert) add(out, *t.alert ? "alert" : "alert over");
    if (t.late) add(out, "late");
    return out;
}

std::string player::told(const event& e) {
    std::string out = to_string(e.kind);
    const auto details = boost::json::parse(e.details).as_object();
    if (const auto* steps = details.if_contains("steps"))
        for (const auto& [name, state] : steps->as_object())
            out += " " + std::string(name) + "=" + std::string(state.as_string());
    if (const auto* reason = details.if_contains("reason"))
        out += " (" + std::string(reason->as_string()) + ")";
    return out;
}

std::string player::sent(const core::send_order& order) {
    const auto name = name_of(order.step, order.compensation);
    const auto [known, is_new] = bodies_.emplace(name, order.body);
    if (!is_new && known->second != order.body)
        throw std::logic_error("the body of " + name + " changed under its id: it was " + known->second +
                               ", it is " + order.body);
    const auto attempt = record_.steps[order.step].out->attempt;
    return "send " + name + (attempt > 1 ? " #" + std::to_string(attempt) : "") +
           (order.body == "{}" ? "" : " " + order.body);
}

// What holds after every transition, whatever the saga.
void player::check_promises(const core::transition& t) {
    auto row = core::encode(*plan_, record_);
    if (!t.happened && row.record != seen_)
        throw std::logic_error("the record changed without a transition: it was " + seen_ + ", it is " +
                               row.record);
    if (!t.happened && (t.note || t.alert)) throw std::logic_error("an event or alert without a transition");
    if (t.note && t.note->state != core::state_of(record_))
        throw std::logic_error("the event says another state than the record");
    if (over_ && t.happened) throw std::logic_error("a finished saga changed");
    over_ = core::is_finished(record_);
    const auto again = core::encode(*plan_, core::decode(*plan_, row, now_));
    if (again.record != row.record || again.state != row.state)
        throw std::logic_error("the record does not survive storing: it was " + row.record + ", it is " +
                               again.record);
    if (over_ && machine_.wake_time(record_)) throw std::logic_error("a finished saga has a timer");
    seen_ = row.record;
    if (t.happened) stored_ = std::move(row);
}

} // namespace sagaflow::testing
