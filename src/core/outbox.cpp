#include "core/outbox.hpp"

#include "core/command_id.hpp"
#include "core/planted.hpp"

#include <algorithm>

namespace sagaflow::core {

namespace {

constexpr duration longest_pause = std::chrono::seconds(5);

bool is_out(const step_record& s) {
    return s.state == step_state::sent || s.state == step_state::compensating;
}

const std::string& type_of(const hot_saga& saga, std::size_t step, bool compensation) {
    const auto& p = saga.definition->steps[step];
    return compensation ? p.compensation_type : p.command_type;
}

} // namespace

outbox::outbox(const shard_options& options, std::string source)
    : options_(options), source_(std::move(source)), lanes_(options.transports) {}

bool outbox::is_open(const lane& l, time_point now) const {
    return l.with_transport < options_.limits.unaccepted_publishes &&
           (!l.paused_until || *l.paused_until <= now);
}

void outbox::wait_in_line(hot_saga& saga, std::size_t transport) {
    const auto bit = 1U << transport;
    if (saga.waiting_mask & bit) return;
    saga.waiting_mask |= bit;
    lanes_[transport].line.push_back(&saga);
}

void outbox::emit(hot_saga& saga, std::size_t step, bool compensation, std::string body, target to,
                  std::vector<outgoing>& out) {
    auto& s = saga.record.steps[step];
    const std::uint32_t number = compensation ? s.compensation_number : s.action_number;
    std::uint64_t ticket = tickets_.size();
    if (free_.empty()) {
        tickets_.emplace_back();
    } else {
        ticket = free_.back();
        free_.pop_back();
    }
    tickets_[ticket] = {&saga, step, compensation, number, to.transport};
    ++lanes_[to.transport].with_transport;
    ++saga.unaccepted;
    s.out->published = true;
    if (out.size() < lanes_.size()) out.resize(lanes_.size());
    out[to.transport].tickets.push_back(ticket);
    auto& m = out[to.transport].messages.emplace_back();
    m.address = std::move(to.address);
    m.id =
        format({saga.record.id, saga.record.birth, saga.definition->steps[step].name, compensation, number});
    m.source = source_;
    m.type = type_of(saga, step, compensation);
    m.kind = compensation ? message_kind::compensation : message_kind::command;
    m.attempt = static_cast<std::uint32_t>(s.out->attempt);
    m.started = saga.record.started;
    m.issued = s.out->issued;
    m.saga_id = saga.record.id;
    m.saga_type = saga.definition->name;
    m.step = saga.definition->steps[step].name;
    m.reply_to = options_.reply_address;
    if (saga.record.trace) {
        m.trace_parent = saga.record.trace->parent;
        m.trace_state = saga.record.trace->state;
    }
    m.body = std::move(body);
}

void outbox::expect(std::size_t count, std::vector<outgoing>& out) const {
    if (count == 0 || lanes_.size() != 1) return; // of several transports nobody knows how many are whose
    out.resize(1);
    out[0].messages.reserve(out[0].messages.size() + count);
    out[0].tickets.reserve(out[0].tickets.size() + count);
}

void outbox::offer(hot_saga& saga, send_order order, time_point now, std::vector<outgoing>& out) {
    const auto& s = saga.record.steps[order.step];
    // What was decided after this command may have overtaken it: then it is not sent any more.
    if (s.state != (order.compensation ? step_state::compensating : step_state::sent)) return;
    auto to = options_.route(type_of(saga, order.step, order.compensation));
    const auto& l = lanes_[to.transport];
    if (s.out->published) return; // its own report puts it in line again if need be
    if (is_open(l, now) && l.line.empty() && is_durable(saga))
        emit(saga, order.step, order.compensation, std::move(order.body), std::move(to), out);
    else
        wait_in_line(saga, to.transport);
}

void outbox::send_waiting(hot_saga& saga, std::size_t transport, const body_maker& body_of,
                          std::vector<outgoing>& out) {
    for (std::size_t i = 0; i < saga.record.steps.size(); ++i) {
        const auto& s = saga.record.steps[i];
        if (!is_out(s) || s.out->accepted || s.out->published) continue;
        const bool compensation = s.state == step_state::compensating;
        auto to = options_.route(type_of(saga, i, compensation));
        if (to.transport != transport) continue;
        if (auto body = body_of(saga, i, compensation))
            emit(saga, i, compensation, std::move(*body), std::move(to), out);
    }
}

void outbox::drain(time_point now, const body_maker& body_of, std::vector<outgoing>& out,
                   std::vector<hot_saga*>& left) {
    for (std::size_t t = 0; t < lanes_.size(); ++t) {
        auto& l = lanes_[t];
        while (!l.line.empty() && is_open(l, now)) {
            auto& saga = *l.line.front();
            if (!is_durable(saga)) break; // after its commit
            l.line.pop_front();
            left.push_back(&saga);
            saga.waiting_mask &= ~(1U << t);
            send_waiting(saga, t, body_of, out);
        }
    }
}

outbox::ticket_entry outbox::report(std::uint64_t ticket, published::verdict verdict, time_point now) {
    const auto e = tickets_[ticket];
    tickets_[ticket] = {};
    free_.push_back(ticket);
    auto& l = lanes_[e.transport];
    --l.with_transport;
    --e.saga->unaccepted;
    if (verdict == published::verdict::accepted) {
        l.pause = {};
        l.paused_until.reset();
    } else if (verdict == published::verdict::failed && (!l.paused_until || *l.paused_until <= now)) {
        l.pause = std::min(longest_pause, std::max(options_.publish_backoff, l.pause * 2));
        l.paused_until = now + l.pause;
    }
    auto& s = e.saga->record.steps[e.step];
    const bool newest = e.number == (e.compensation ? s.compensation_number : s.action_number);
    const bool out = s.state == (e.compensation ? step_state::compensating : step_state::sent);
    const bool given_up =
        s.state == (e.compensation ? step_state::compensation_failed : step_state::in_doubt);
    if (!newest || !s.out || !(out || given_up)) return {}; // s.out is another command's, or nobody's
    s.out->published = false; // given up too: an operator may have it sent again
    if (!out) return {};
    const bool forget = planted(bug::failed_publish_forgotten);
    if (!s.out->accepted && verdict == published::verdict::failed && !forget)
        wait_in_line(*e.saga, e.transport);
    return e;
}

hot_saga* outbox::shed(const std::function<bool(const hot_saga&)>& can_go) {
    constexpr std::ptrdiff_t looks_past = 64; // sagas that can't go
    const auto& line = std::max_element(lanes_.begin(), lanes_.end(), [](const lane& a, const lane& b) {
                           return a.line.size() < b.line.size();
                       })->line;
    const auto end = line.rbegin() + std::min(looks_past, std::ssize(line));
    const auto found = std::find_if(line.rbegin(), end, [&](const hot_saga* s) { return can_go(*s); });
    if (found == end) return nullptr;
    auto* const saga = *found;
    leave_lines(*saga);
    return saga;
}

// A saga stands at about the same place in each of its lines: near the end from where it is sought.
void outbox::leave_lines(hot_saga& saga) {
    for (std::size_t t = 0; t < lanes_.size(); ++t) {
        if ((saga.waiting_mask & (1U << t)) == 0) continue;
        auto& line = lanes_[t].line;
        line.erase(std::prev(std::find(line.rbegin(), line.rend(), &saga).base()));
    }
    saga.waiting_mask = 0;
}

std::optional<time_point> outbox::wake(time_point now, bool any) const {
    std::optional<time_point> wake;
    for (const auto& l : lanes_)
        if ((any || !l.line.empty()) && l.paused_until && *l.paused_until > now &&
            (!wake || *l.paused_until < *wake))
            wake = l.paused_until;
    return wake;
}

std::size_t outbox::waiting() const noexcept {
    std::size_t n = 0;
    for (const auto& l : lanes_) n += l.line.size();
    return n;
}

bool outbox::has_room(time_point now) const noexcept {
    return std::all_of(lanes_.begin(), lanes_.end(),
                       [&](const lane& l) { return l.line.empty() && is_open(l, now); });
}

} // namespace sagaflow::core
