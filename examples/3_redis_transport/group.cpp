#include "group.hpp"

#include <algorithm>

namespace redis {

namespace {

constexpr std::size_t most_retries = 1024; // that wait; beyond it nothing more is read

std::chrono::milliseconds redelivery_pause(unsigned deliveries) {
    return std::chrono::milliseconds(std::min(5u << std::min(deliveries, 8u), 1000u));
}

} // namespace

std::shared_ptr<group::member> group::join(std::size_t prefetch, std::stop_token stop) {
    const std::lock_guard lock(mutex_);
    if (leaving_now()) return nullptr;
    began_ = true;
    members_.push_back(
        std::make_shared<member>(member{std::max<std::size_t>(prefetch, 1), std::move(stop), 0}));
    changed_.notify_all();
    return members_.back();
}

bool group::leaving_now() const {
    return closed_ || (began_ && std::all_of(members_.begin(), members_.end(),
                                             [](const auto& m) { return m->stop.stop_requested(); }));
}

bool group::may_have(const member& m, const work& w) const {
    const auto found = sagas_.find(w.what.content.saga_id);
    return m.unsettled < m.prefetch && (found == sagas_.end() || found->second.by == &m);
}

void group::hand_out(member& m, work&& w, std::vector<sagaflow::delivery>& out) {
    ++m.unsettled;
    auto& s = sagas_[w.what.content.saga_id];
    s.by = &m;
    ++s.unsettled;
    out.push_back({w.what.content, ++last_tag_});
    held_.emplace(last_tag_, holding{std::move(w), &m});
}

std::vector<sagaflow::delivery> group::take(member& m) {
    std::unique_lock lock(mutex_);
    while (!closed_ && !m.stop.stop_requested()) {
        std::vector<sagaflow::delivery> out;
        const auto now = clock::now();
        auto next = clock::time_point::max();
        std::erase_if(retries_, [&](work& w) {
            if (!may_have(m, w)) return false; // whoever settles wakes us
            if (w.due > now) {
                next = std::min(next, w.due);
                return false;
            }
            hand_out(m, std::move(w), out);
            return true;
        });
        std::deque<work> rest;
        for (auto& w : waiting_) {
            if (may_have(m, w)) {
                hand_out(m, std::move(w), out);
            } else {
                rest.push_back(std::move(w));
            }
        }
        waiting_.swap(rest);
        if (!out.empty()) return out;
        if (next == clock::time_point::max()) {
            changed_.wait(lock);
        } else {
            changed_.wait_until(lock, next);
        }
    }
    return {};
}

void group::let_go(const std::string& saga_id) {
    const auto found = sagas_.find(saga_id);
    if (--found->second.unsettled == 0) sagas_.erase(found);
}

void group::settle(member& m, std::span<const std::uint64_t> tags, sagaflow::settler::verdict v) {
    const std::lock_guard lock(mutex_);
    for (const auto tag : tags) {
        const auto found = held_.find(tag);
        if (found == held_.end() || found->second.by != &m) continue;
        auto& w = found->second.what;
        --m.unsettled;
        let_go(w.what.content.saga_id);
        if (v == sagaflow::settler::verdict::acknowledge) {
            acknowledged_.push_back(std::move(w.what.id));
        } else {
            w.due = clock::now() + redelivery_pause(w.deliveries++);
            retries_.push_back(std::move(w));
        }
        held_.erase(found);
    }
    changed_.notify_all();
}

void group::leave(const std::shared_ptr<member>& m) {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<std::uint64_t, work>> left;
    std::erase_if(held_, [&](auto& one) {
        if (one.second.by != m.get()) return false;
        let_go(one.second.what.what.content.saga_id);
        left.emplace_back(one.first, std::move(one.second.what));
        return true;
    });
    std::sort(left.begin(), left.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (auto& [tag, w] : left) waiting_.push_front(std::move(w));
    std::erase(members_, m);
    changed_.notify_all();
}

std::size_t group::wait_for_room(clock::duration patience) {
    std::unique_lock lock(mutex_);
    std::size_t room = 0;
    changed_.wait_for(lock, patience, [&] {
        std::size_t prefetch = 0;
        for (const auto& m : members_) prefetch += m->stop.stop_requested() ? 0 : m->prefetch;
        const auto taken = waiting_.size() + held_.size();
        room = prefetch > taken && retries_.size() < most_retries ? prefetch - taken : 0;
        return room > 0 || leaving_now();
    });
    return leaving_now() ? 0 : room;
}

void group::push(std::vector<entry> read, const std::function<bool(const sagaflow::message&)>& wanted) {
    const std::lock_guard lock(mutex_);
    for (auto& e : read) {
        if (!known_.insert(e.id).second) continue;
        if (wanted(e.content)) {
            waiting_.push_back({std::move(e)});
        } else {
            acknowledged_.push_back(std::move(e.id));
        }
    }
    changed_.notify_all();
}

std::vector<std::string> group::acknowledged() {
    const std::lock_guard lock(mutex_);
    return std::exchange(acknowledged_, {});
}

void group::acknowledge_again(std::vector<std::string> ids) {
    const std::lock_guard lock(mutex_);
    std::move(ids.begin(), ids.end(), std::back_inserter(acknowledged_));
}

void group::forget(const std::vector<std::string>& ids) {
    const std::lock_guard lock(mutex_);
    for (const auto& id : ids) known_.erase(id);
}

bool group::wait_until_empty(clock::duration patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return members_.empty(); });
}

bool group::wait_until_leaving(clock::duration patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return leaving_now(); });
}

bool group::leaving() const {
    const std::lock_guard lock(mutex_);
    return leaving_now();
}

void group::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
}

void group::wake() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
}

} // namespace redis
