#include "runtime/watch_hub.hpp"

#include <utility>

namespace sagaflow::runtime {

std::optional<failure> watch_hub::add(const std::shared_ptr<feed>& f) {
    const std::lock_guard lock(mutex_);
    if (closed_) return closed_;
    if (count_ >= bound_)
        return failure{errc::overloaded, "there are " + std::to_string(bound_) +
                                             " watchers already (engine_limits::watchers): try again later"};
    auto& feeds = by_id_[f->id()];
    f->place = feeds.size();
    feeds.push_back(f);
    ++count_;
    return std::nullopt;
}

void watch_hub::remove(feed& f) {
    const std::lock_guard lock(mutex_);
    const auto found = by_id_.find(f.id());
    if (found == by_id_.end()) return;
    auto& feeds = found->second;
    if (f.place >= feeds.size() || feeds[f.place].get() != &f) return;
    feeds[f.place] = std::move(feeds.back());
    feeds[f.place]->place = f.place;
    feeds.pop_back();
    if (feeds.empty()) by_id_.erase(found);
    --count_;
}

void watch_hub::notify(std::span<const event_ptr> events) {
    if (size() == 0) return;
    const std::lock_guard lock(mutex_);
    for (const auto& e : events) {
        const auto found = by_id_.find(e->saga_id);
        if (found == by_id_.end()) continue;
        const auto own =
            std::make_shared<const event>(*e); // the one that came keeps its whole batch in memory
        for (const auto& f : found->second) f->offer(own);
    }
}

void watch_hub::close(const failure& why) {
    std::unordered_map<std::string, feed_list> all;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        closed_ = why;
        all.swap(by_id_);
        count_ = 0;
    }
    for (const auto& [id, feeds] : all)
        for (const auto& f : feeds) f->end(why);
}

} // namespace sagaflow::runtime
