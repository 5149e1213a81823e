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

constexpr int redeliveries = 3;    // of a command whose handler throws (B4)
constexpr int republications = 20; // of what a transport which is up does not accept: some seconds
// Beyond it, the newest are forgotten: more than wait to come again, or none would be counted to its end.
constexpr std::size_t known_failures = 64 * 1024;

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

// The same each time it comes; one that can't be read may have no id.
std::size_t key_of(const message& m) {
    constexpr std::hash<std::string_view> hash;
    return (hash(m.source) * 31 + hash(m.id.empty() ? m.body : m.id)) * 31 + m.attempt;
}

// Counts one more.
int count(std::unordered_map<std::size_t, int>& in, std::size_t key) {
    if (in.size() >= known_failures && !in.contains(key)) in.erase(in.begin());
    return ++in[key];
}

} // namespace

struct participant::impl::publication {
    enum class kind : std::uint8_t {
        answer, // a handler's: if it is refused, the engine is told that
        refusal,
        dead_letter
    };
    struct of_message {
        std::uint64_t tag;
        std::size_t key; // of what it is published for
        kind what;
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
    const auto add = [&](message&& m, publication::of_message about) {
        out->messages.push_back(std::move(m));
        out->about.push_back(about);
    };
    const auto add_reply = [&](item& one) {
        const auto key = key_of(one.came->content);
        auto m = reply_to(one.came->content, options_.name, one.result.answer);
        const auto why = why_refused(key);
        if (why) {
            m.outcome = reply_outcome::unknown;
            m.body = core::write_rejection("its answer can't be sent: " + *why);
        }
        add(std::move(m), {one.came->tag, key, why ? publication::kind::refusal : publication::kind::answer});
    };
    std::vector<std::uint64_t> finished;
    std::vector<std::uint64_t> again;
    for (auto& one : items) {
        auto& m = one.came->content;
        const auto tag = one.came->tag;
        if (one.end == fate::answered) {
            if (!failures_.empty()) failures_.erase(key_of(m));
            counters_.count(one.result.how, one.result.answer.outcome);
            if (m.reply_to.empty()) {
                finished.push_back(tag);
            } else {
                add_reply(one);
            }
        } else if (one.end == fate::later) {
            again.push_back(tag);
        } else if (one.end == fate::threw) {
            (try_again(m, one.reason) ? again : finished).push_back(tag);
        } else if (bury(m, one.reason)) {
            const auto key = key_of(m);
            add(dead_letter(m, one.reason), {tag, key, publication::kind::dead_letter});
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
    const bool again = count(failures_, key_of(m)) <= redeliveries;
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
    log(options_.log.get(), log_level::warn, "a message becomes a dead letter",
        {{"participant", options_.name}, {"type", m.type}, {"message", m.id}, {"reason", reason}});
    return true;
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

// Whether it is not tried any more: nobody may be there who takes it, and while it is tried its delivery is
// not settled, nor, on Kafka, what is behind it. A command is left unanswered, so the engine sends it again
// (R5).
bool participant::impl::give_up(const published& p, std::size_t key) {
    if (p.result == published::verdict::refused) return true;
    if (!*carrier_up_) return false; // while it is away nothing is accepted: no reason
    const std::lock_guard lock(publishing_mutex_);
    if (count(unaccepted_, key) <= republications) return false;
    unaccepted_.erase(key);
    return true;
}

// An answer that the transport never takes, such as one over its limit: its command comes again, and then the
// engine is told so instead. It would ask for ever, or compensate what it does not know (R6, R9).
void participant::impl::refused(const published& p, std::size_t key) {
    log(options_.log.get(), log_level::error,
        "the transport refuses an answer; the engine is told that it is unknown",
        {{"participant", options_.name}, {"reason", p.reason}});
    const std::lock_guard lock(publishing_mutex_);
    if (refused_.size() >= known_failures) refused_.erase(refused_.begin());
    refused_[key] = p.reason;
}

std::optional<std::string> participant::impl::why_refused(std::size_t key) {
    const std::lock_guard lock(publishing_mutex_);
    const auto found = refused_.find(key);
    if (found == refused_.end()) return std::nullopt;
    auto why = std::move(found->second);
    refused_.erase(found);
    return why;
}

void participant::impl::accepted(publication& what, std::span<const published> report) {
    using kind = publication::kind;
    std::vector<std::uint64_t> finished;
    std::vector<std::uint64_t> again;
    finished.reserve(report.size());
    for (const auto& p : report) {
        const auto& [tag, key, sent] = what.about[p.index];
        if (p.result == published::verdict::accepted) {
            if (sent == kind::dead_letter) counters_.dead.fetch_add(1, std::memory_order_relaxed);
            finished.push_back(tag);
        } else if (p.result == published::verdict::refused && sent == kind::answer) {
            refused(p, key);
            again.push_back(tag);
        } else if (give_up(p, key)) {
            log(options_.log.get(), log_level::error,
                sent == kind::dead_letter
                    ? "the transport does not take a dead letter; the message is dropped"
                    : "the transport does not take a reply; its command is left unanswered until it comes "
                      "again",
                {{"participant", options_.name}, {"reason", p.reason}});
            finished.push_back(tag);
        } else {
            again.push_back(tag);
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
