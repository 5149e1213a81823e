#include "confirms.hpp"

#include <utility>

namespace sagaflow::amqp {

std::size_t confirms::hash_of(std::string_view id, std::string_view exchange, std::string_view routing_key) {
    const std::hash<std::string_view> hash;
    return hash(id) * 31 * 31 + hash(exchange) * 31 + hash(routing_key);
}

void confirms::sent(ticket&& t, std::string_view id, std::string_view exchange,
                    std::string_view routing_key) {
    entries_.push_back({std::move(t), hash_of(id, exchange, routing_key), {}});
    ++open_;
}

void confirms::settle(std::uint64_t number, bool multiple, const std::function<void(entry&)>& how) {
    if (number < first_ || number - first_ >= entries_.size()) return;
    const auto last = static_cast<std::size_t>(number - first_);
    for (auto i = multiple ? 0 : last; i <= last; ++i) {
        auto& e = entries_[i];
        if (!e.of) continue;
        how(e);
        e.of.reset();
        --open_;
    }
    while (!entries_.empty() && !entries_.front().of) {
        entries_.pop_front();
        ++first_;
    }
}

void confirms::acked(std::uint64_t number, bool multiple, reports& to) {
    settle(number, multiple, [&](entry& e) {
        const auto result =
            e.why_returned.empty() ? published::verdict::accepted : published::verdict::failed;
        to.add(std::move(*e.of), result, std::move(e.why_returned));
    });
}

void confirms::nacked(std::uint64_t number, bool multiple, reports& to) {
    settle(number, multiple, [&](entry& e) {
        to.add(std::move(*e.of), published::verdict::failed,
               e.why_returned.empty() ? "RabbitMQ could not take it: see the broker's log"
                                      : std::move(e.why_returned));
    });
}

void confirms::returned(std::string_view id, std::string_view exchange, std::string_view routing_key,
                        std::string why) {
    const auto hash = hash_of(id, exchange, routing_key);
    for (auto& e : entries_) {
        if (!e.of || e.hash != hash || !e.why_returned.empty()) continue;
        e.why_returned = std::move(why);
        return;
    }
}

void confirms::lost(const std::string& why, reports& to) {
    for (auto& e : entries_)
        if (e.of) to.add(std::move(*e.of), published::verdict::failed, why);
    entries_.clear();
    first_ = 1;
    open_ = 0;
}

} // namespace sagaflow::amqp
