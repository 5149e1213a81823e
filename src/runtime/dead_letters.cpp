#include "runtime/dead_letters.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sagaflow::runtime {

namespace {

bool is_readable(const message& m) {
    return !m.type.empty() || m.reason.empty();
}

bool is_reply(const delivery& d) {
    return is_readable(d.content) && d.content.kind == message_kind::reply;
}

void settle_published(settler& from, const std::vector<std::uint64_t>& tags,
                      std::span<const published> report, log_sink* log) {
    std::vector<std::uint64_t> over;
    std::vector<std::uint64_t> again;
    for (const auto& p : report) {
        (p.result == published::verdict::failed ? again : over).push_back(tags[p.index]);
        if (p.result == published::verdict::refused)
            sagaflow::log(log, log_level::error,
                          "the transport refuses a dead letter for good; the message is dropped",
                          {{"reason", p.reason}});
    }
    if (!over.empty()) from.settle(over, settler::verdict::acknowledge);
    if (!again.empty()) from.settle(again, settler::verdict::retry);
}

} // namespace

std::string dead_address(const std::string& address) {
    return address + ".dead";
}

void bury_unreadable(std::vector<delivery>& content, const std::shared_ptr<settler>& from,
                     const std::weak_ptr<transport>& carrier, const std::shared_ptr<log_sink>& log) {
    const auto first = std::stable_partition(content.begin(), content.end(), is_reply);
    if (first == content.end()) return;
    const auto to = carrier.lock();
    if (!to) { // not settled: they come again to whoever consumes next
        content.erase(first, content.end());
        return;
    }
    std::vector<message> dead;
    std::vector<std::uint64_t> tags;
    for (auto d = first; d != content.end(); ++d) {
        if (is_readable(d->content))
            d->content.reason =
                std::string("a ") + to_string(d->content.kind) + " came where replies are taken";
        sagaflow::log(
            log.get(), log_level::warn, "what can't be read as a reply becomes a dead letter",
            {{"address", d->content.address}, {"message", d->content.id}, {"reason", d->content.reason}});
        d->content.address = dead_address(d->content.address);
        tags.push_back(d->tag);
        dead.push_back(std::move(d->content));
    }
    content.erase(first, content.end());
    to->publish(std::move(dead), [from, tags = std::move(tags), log](std::span<const published> report) {
        settle_published(*from, tags, report, log.get());
    });
}

} // namespace sagaflow::runtime
