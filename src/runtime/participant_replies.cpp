// What follows a batch: replies and dead letters are published, and deliveries settled once that is accepted
// (B7, B9).
#include "core/rejection_body.hpp"
#include "runtime/dead_letters.hpp"
#include "runtime/participant_impl.hpp"

#include <bit>
#include <functional>
#include <utility>

namespace sagaflow {

namespace {

constexpr int redeliveries = 3;              // of a command whose handler throws (B4)
constexpr std::size_t known_failures = 1024; // beyond it, all counts begin again
constexpr int republications = 20; // of a reply that a transport which is up does not accept: some seconds

message reply_to(message& command, const std::string& participant, inbox_answer& answer) {
    message m;
    m.address = std::move(command.reply_to);
    m.id.reserve(command.id.size() + 6);
    m.id.append(command.id).append("/reply");
    m.source = participant;
    m.type = std::move(command.type);
    m.kind = message_kind::reply;
    m.outcome = answer.outcome;
    m.attempt = command.attempt;
    m.issued = command.issued;
    m.saga_id = std::move(command.saga_id);
    m.saga_type = std::move(command.saga_type);
    m.step = std::move(command.step);
    m.causation_id = std::move(command.id);
    m.trace_parent = std::move(command.trace_parent);
    m.trace_state = std::move(command.trace_state);
    m.body = std::move(answer.body);
    return m;
}

message dead_letter(message& came, std::string& reason) {
    auto m = std::move(came);
    m.address = runtime::dead_address(m.address);
    m.reason = std::move(reason);
    return m;
}

std::string attempt_key(const message& m) {
    return m.source + '\n' + m.id + '\n' + std::to_string(m.attempt);
}

} // namespace

struct participant::impl::publication {
    struct of_message {
        std::uint64_t tag;
        std::size_t hash; // of its id
        bool answer;      // a handler's: if it is refused, the engine is told that
    };
    std::shared_ptr<settler> settle;
    std::vector<message> messages;
    std::vector<of_message> about; // messages
    std::size_t reported = 0;      // guarded by publishing_mutex_
};

void participant::impl::conclude(std::span<item> items, const std::shared_ptr<settler>& settle) {
    auto out = std::make_shared<publication>();
    out->settle = settle;
    out->messages.reserve(items.size());
    out->about.reserve(items.size());
    const auto add = [&](message&& m, std::uint64_t tag, bool answer) {
        const auto hash = std::hash<std::string>{}(m.id);
        if (const auto why = answer ? why_refused(hash) : std::nullopt) {
            m.outcome = reply_outcome::unknown;
            m.body = core::write_rejection("its answer can't be sent: " + *why);
            answer = false;
        }
        out->messages.push_back(std::move(m));
        out->about.push_back({tag, hash, answer});
    };
    std::vector<std::uint64_t> finished;
    std::vector<std::uint64_t> again;
    for (auto& one : items) {
        auto& m = one.came->content;
        const auto tag = one.came->tag;
        if (one.end == fate::answered) {
            if (!failures_.empty()) failures_.erase(attempt_key(m));
            counters_.count(one.result.how, one.result.answer.outcome);
            if (m.reply_to.empty()) {
                finished.push_back(tag);
            } else {
                add(reply_to(m, options_.name, one.result.answer), tag, true);
            }
        } else if (one.end == fate::later) {
            again.push_back(tag);
        } else if (one.end == fate::threw) {
            (try_again(m, one.reason) ? again : finished).push_back(tag);
        } else if (bury(m, one.reason)) {
            add(dead_letter(m, one.reason), tag, false);
        } else {
            finished.push_back(tag);
        }
    }
    if (!finished.empty()) settle->settle(finished, settler::verdict::acknowledge);
    if (!again.empty()) settle->settle(again, settler::verdict::retry);
    if (!out->messages.empty()) publish(std::move(out));
}

// Whether it is delivered again. If not, its answer is left to the engine's next attempt (B4).
bool participant::impl::try_again(const message& m, std::string_view reason) {
    counters_.threw.fetch_add(1, std::memory_order_relaxed);
    const bool again = count_failure(m) <= redeliveries;
    if (again) {
        log(options_.log.get(), log_level::warn, "a handler threw; the command comes again",
            {{"participant", options_.name}, {"type", m.type}, {"command", m.id}, {"error", reason}});
    } else {
        counters_.given_up.fetch_add(1, std::memory_order_relaxed);
        log(options_.log.get(), log_level::error,
            "a handler keeps throwing; the command is left unanswered until the engine sends it again",
            {{"participant", options_.name}, {"type", m.type}, {"command", m.id}, {"error", reason}});
    }
    return again;
}

// Whether it is to be published as a dead letter (B7).
bool participant::impl::bury(const message& m, std::string_view reason) {
    if (options_.on_unreadable == unreadable::skip) {
        const auto skipped = counters_.skipped.fetch_add(1, std::memory_order_relaxed) + 1;
        // Of a type that is handled here it is nobody else's; of the rest, the more there are the fewer are
        // told.
        const bool told = handlers_.contains(m.type) || std::has_single_bit(skipped);
        log(options_.log.get(), told ? log_level::warn : log_level::debug, "a message is skipped",
            {{"participant", options_.name},
             {"type", m.type},
             {"message", m.id},
             {"reason", reason.empty() ? "it has no type" : reason},
             {"skipped", std::to_string(skipped)}});
        return false;
    }
    if (*carrier_up_ && count_failure(m) > redeliveries) { // while it is away nothing is accepted: no reason
        log(options_.log.get(), log_level::error, "a dead letter is not accepted; the message is dropped",
            {{"participant", options_.name}, {"type", m.type}, {"message", m.id}, {"reason", reason}});
        return false;
    }
    counters_.dead.fetch_add(1, std::memory_order_relaxed);
    log(options_.log.get(), log_level::warn, "a message becomes a dead letter",
        {{"participant", options_.name}, {"type", m.type}, {"message", m.id}, {"reason", reason}});
    return true;
}

int participant::impl::count_failure(const message& m) {
    if (failures_.size() >= known_failures) failures_.clear();
    return ++failures_[attempt_key(m)];
}

void participant::impl::publish(std::shared_ptr<publication> what) {
    {
        const std::lock_guard lock(publishing_mutex_);
        ++publishing_;
    }
    auto messages = std::move(what->messages);
    options_.transport->publish(std::move(messages),
                                [self = shared_from_this(), what = std::move(what)](
                                    std::span<const published> report) { self->accepted(*what, report); });
}

// Whether its command is left unanswered, so that the engine sends it again (R5): nobody may be there who
// takes the reply, and while it is tried its delivery is not settled, nor, on Kafka, what is behind it.
bool participant::impl::give_up(const published& p, std::size_t reply) {
    if (p.result == published::verdict::refused) return true;
    if (!*carrier_up_) return false; // while it is away nothing is accepted: no reason
    const std::lock_guard lock(publishing_mutex_);
    if (unaccepted_.size() >= known_failures) unaccepted_.clear();
    if (++unaccepted_[reply] <= republications) return false;
    unaccepted_.erase(reply);
    return true;
}

// An answer that the transport never takes, such as one over its limit: its command comes again, and then the
// engine is told so instead. It would ask for ever, or compensate what it does not know (R6, R9).
void participant::impl::refused(const published& p, std::size_t reply) {
    log(options_.log.get(), log_level::error,
        "the transport refuses an answer; the engine is told that it is unknown",
        {{"participant", options_.name}, {"reason", p.reason}});
    const std::lock_guard lock(publishing_mutex_);
    if (refused_.size() >= known_failures) refused_.clear();
    refused_[reply] = p.reason;
}

std::optional<std::string> participant::impl::why_refused(std::size_t reply) {
    const std::lock_guard lock(publishing_mutex_);
    const auto found = refused_.find(reply);
    if (found == refused_.end()) return std::nullopt;
    auto why = std::move(found->second);
    refused_.erase(found);
    return why;
}

void participant::impl::accepted(publication& what, std::span<const published> report) {
    std::vector<std::uint64_t> finished;
    std::vector<std::uint64_t> again;
    finished.reserve(report.size());
    for (const auto& p : report) {
        const auto& [tag, hash, answer] = what.about[p.index];
        if (p.result == published::verdict::refused && answer) {
            refused(p, hash);
            again.push_back(tag);
            continue;
        }
        const bool over = p.result == published::verdict::accepted || give_up(p, hash);
        (over ? finished : again).push_back(tag);
        if (over && p.result != published::verdict::accepted) {
            log(options_.log.get(), log_level::error,
                "the transport does not take a reply; its command is left unanswered until it comes again",
                {{"participant", options_.name}, {"reason", p.reason}});
        }
    }
    if (!finished.empty()) what.settle->settle(finished, settler::verdict::acknowledge);
    if (!again.empty()) {
        counters_.unpublished.fetch_add(again.size(), std::memory_order_relaxed);
        what.settle->settle(again, settler::verdict::retry);
    }
    const std::lock_guard lock(publishing_mutex_);
    what.reported += report.size();
    if (what.reported == what.about.size() && --publishing_ == 0) published_.notify_all();
}

} // namespace sagaflow
