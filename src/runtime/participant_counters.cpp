#include "runtime/participant_counters.hpp"

namespace sagaflow {

std::vector<metric> participant_counters::read(const std::string& participant) const {
    std::vector<metric> out;
    const auto add = [&](const char* name, const char* help, const std::atomic<std::uint64_t>& n,
                         const char* result = nullptr) {
        metric m;
        m.name = std::string("sagaflow_participant_") + name + "_total";
        m.help = help;
        m.kind = metric::type::counter;
        m.labels.emplace_back("participant", participant);
        if (result) m.labels.emplace_back("result", result);
        m.value = static_cast<double>(n.load(std::memory_order_relaxed));
        out.push_back(std::move(m));
    };
    static constexpr std::array results = {"handled", "repeated", "null_compensation", "compensated",
                                           "too_old"};
    for (std::size_t i = 0; i < results.size(); ++i)
        add("commands", "Commands answered, by what became of them.", passed[i], results[i]);
    add("rejections", "Commands that a handler rejected.", rejected);
    add("handler_failures", "Handlers that threw.", threw);
    add("given_up", "Commands settled without an answer because their handler kept throwing.", given_up);
    add("dead_letters", "Messages published to an address of dead letters.", dead);
    add("skipped", "Messages that could not be read or that nobody here handles, skipped.", skipped);
    add("batches", "Transactions of the inbox.", batches);
    add("lost_transactions", "Transactions of the inbox that failed.", lost);
    add("replies_not_accepted", "Replies that the transport did not accept; they are given again.",
        unpublished);
    add("inbox_purged", "Rows removed from the inbox for their age.", purged);
    return out;
}

} // namespace sagaflow
