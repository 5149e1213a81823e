#include "reports.hpp"

#include <algorithm>

namespace sagaflow::transports {

struct ticket::batch {
    publish_handler done;
};

std::vector<ticket> ticket::of_batch(std::size_t count, publish_handler done) {
    const auto b = std::make_shared<batch>(batch{std::move(done)});
    std::vector<ticket> all;
    all.reserve(count);
    for (std::size_t i = 0; i < count; ++i) all.push_back(ticket(b, static_cast<std::uint32_t>(i)));
    return all;
}

// The newest batch is looked at first: what comes together mostly belongs together.
void reports::add(ticket&& t, published::verdict result, std::string reason) {
    const auto b = std::move(t.batch_);
    if (!b) return; // it was reported
    auto found =
        std::find_if(gathered_.rbegin(), gathered_.rend(), [&](const gathered& g) { return g.batch == b; });
    if (found == gathered_.rend()) {
        gathered_.push_back({b, {}});
        found = gathered_.rbegin();
    }
    found->messages.push_back({t.index_, result, std::move(reason)});
}

void reports::tell() {
    auto all = std::exchange(gathered_, {});
    for (const auto& g : all)
        if (g.batch->done) g.batch->done(g.messages);
}

} // namespace sagaflow::transports
