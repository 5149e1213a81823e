#include "group.hpp"

#include "packed.hpp"

#include <sagaflow/error.hpp>

#include <algorithm>
#include <functional>
#include <iterator>

namespace sagaflow::transports {

namespace {

constexpr auto first_redelivery = std::chrono::milliseconds(5);
constexpr std::uint64_t most_doublings = 6; // up to 320 ms

clock::duration redelivery_delay(std::uint64_t deliveries) {
    return first_redelivery * (1u << std::min(deliveries - 1, most_doublings));
}

std::uint64_t tag_of(const unsettled& one) {
    return queue_tag{one.origin, one.deliveries}.packed();
}

} // namespace

std::uint8_t group::slot_of(const message& m) {
    return static_cast<std::uint8_t>(std::hash<std::string>{}(m.saga_id) % slot_count);
}

bool group::held_elsewhere(std::size_t s, const member& m) const {
    return slots_[s].unsettled > 0 && slots_[s].holder != &m;
}

group::group(std::size_t bound, acknowledged_handler acknowledged, std::vector<std::string> types)
    : bound_(bound), acknowledged_(std::move(acknowledged)), types_(std::move(types)) {
    std::sort(types_.begin(), types_.end());
}

bool group::takes(const std::string& type) const {
    const std::lock_guard lock(mutex_);
    return types_.empty() || std::binary_search(types_.begin(), types_.end(), type);
}

void group::enqueue(delivery&& d) {
    if (members_.empty()) {
        parked_.push_back(std::move(d));
    } else {
        auto& m = members_.size() == 1 ? *members_.front() : owner(slot_of(d.content));
        m.queue.push_back(std::move(d));
    }
}

std::size_t group::push(std::vector<delivery>&& what) {
    std::unique_lock lock(mutex_);
    const auto taken = std::min(what.size(), bound_ - std::min(bound_, waiting_));
    waiting_ += taken;
    what.resize(taken);
    if (members_.size() == 1 && members_.front()->queue.empty()) {
        members_.front()->queue.swap(what);
    } else {
        for (auto& d : what) enqueue(std::move(d));
    }
    wake_members(lock);
    return taken;
}

// Wakes those who sleep and can take something. Unlocks first: a woken thread finds the mutex free.
void group::wake_members(std::unique_lock<std::mutex>& lock) {
    std::vector<std::shared_ptr<member>> sleepers;
    for (const auto& m : members_) {
        if (!m->asleep) continue;
        if (!m->stopping && (m->room() == 0 || (m->queued() == 0 && m->retries.empty()))) continue;
        m->asleep = false;
        sleepers.push_back(m);
    }
    lock.unlock();
    for (const auto& m : sleepers) m->wake.notify_one();
}

std::shared_ptr<member> group::join(const subscription& what) {
    auto types = what.types;
    std::sort(types.begin(), types.end());
    std::unique_lock lock(mutex_);
    if (!members_.empty() && types != types_) {
        throw error(errc::invalid_argument,
                    "group \"" + what.group + "\" of address \"" + what.address +
                        "\" has a consumer of other types: give all consumers of a group the same types, or "
                        "this one a group of its own");
    }
    types_ = std::move(types);
    auto m = std::make_shared<member>(std::max<std::size_t>(what.prefetch, 1));
    members_.push_back(m);
    redistribute({});
    wake_members(lock);
    return m;
}

// Deals all that waits out again: `first` before the rest.
void group::redistribute(std::vector<delivery> first) {
    auto all = std::move(first);
    const auto add = [&](std::vector<delivery>& queue, std::size_t from) {
        all.insert(all.end(), std::make_move_iterator(queue.begin() + static_cast<std::ptrdiff_t>(from)),
                   std::make_move_iterator(queue.end()));
        queue.clear();
    };
    add(parked_, 0);
    for (const auto& m : members_) {
        add(m->queue, m->head);
        m->head = 0;
        for (auto& r : m->retries) all.push_back(std::move(r.what));
        m->retries.clear();
    }
    for (auto& d : all) enqueue(std::move(d));
    handovers_ = 0;
    for (std::size_t s = 0; s < slot_count && !members_.empty(); ++s) {
        if (held_elsewhere(s, owner(s))) ++handovers_;
    }
}

std::vector<delivery> group::take(member& m) {
    std::vector<delivery> out;
    std::unique_lock lock(mutex_);
    while (!m.stopping && !take_now(m, out)) {
        auto next = clock::time_point::max();
        for (const auto& r : m.retries) // who holds a slot wakes the others when it lets go
            if (!held_elsewhere(slot_of(r.what.content), m)) next = std::min(next, r.due);
        m.asleep = true;
        const auto awake = [&] { return !m.asleep; };
        if (next == clock::time_point::max() || m.room() == 0) {
            m.wake.wait(lock, awake);
        } else {
            m.wake.wait_until(lock, next, awake);
        }
        m.asleep = false;
    }
    return out;
}

bool group::take_now(member& m, std::vector<delivery>& out) {
    if (m.room() == 0) return false;
    if (!m.retries.empty()) take_retries(m, out);
    if (m.queued() > 0) take_queue(m, out);
    if (out.empty()) return false;
    hand_out(m, out);
    return true;
}

void group::take_retries(member& m, std::vector<delivery>& out) {
    const auto now = clock::now();
    std::erase_if(m.retries, [&](retried& r) {
        if (r.due > now || out.size() == m.room() || held_elsewhere(slot_of(r.what.content), m)) return false;
        out.push_back(std::move(r.what));
        return true;
    });
}

// What was taken leaves the queue once it is most of it.
void group::give_back_front(member& m) {
    constexpr std::size_t worth_it = 1024;
    if (m.head < m.queue.size() && (m.head < worth_it || m.head * 2 < m.queue.size())) return;
    m.queue.erase(m.queue.begin(), m.queue.begin() + static_cast<std::ptrdiff_t>(m.head));
    m.head = 0;
}

void group::take_queue(member& m, std::vector<delivery>& out) {
    if (handovers_ > 0) {
        std::vector<delivery> kept;
        for (; m.head < m.queue.size() && out.size() < m.room(); ++m.head) {
            auto& d = m.queue[m.head];
            (held_elsewhere(slot_of(d.content), m) ? kept : out).push_back(std::move(d));
        }
        m.head -= kept.size();
        std::move(kept.begin(), kept.end(), m.queue.begin() + static_cast<std::ptrdiff_t>(m.head));
        give_back_front(m);
        return;
    }
    if (out.empty() && m.head == 0 && m.queue.size() <= m.room()) {
        out.swap(m.queue);
        return;
    }
    const auto count = std::min(m.queued(), m.room() - out.size());
    const auto from = m.queue.begin() + static_cast<std::ptrdiff_t>(m.head);
    out.insert(out.end(), std::make_move_iterator(from),
               std::make_move_iterator(from + static_cast<std::ptrdiff_t>(count)));
    m.head += count;
    give_back_front(m);
}

void group::hand_out(member& m, std::vector<delivery>& out) {
    waiting_ -= out.size();
    m.unsettled_count += out.size();
    for (auto& d : out) {
        const auto s = slot_of(d.content);
        slots_[s].holder = &m;
        ++slots_[s].unsettled;
        const auto before = queue_tag::of(d);
        m.handed_out.push_back({pack(d.content), before.origin, before.deliveries + 1, s, false, false});
        d.tag = m.first_tag + m.handed_out.size() - 1;
    }
}

void group::settle(member& m, std::span<const std::uint64_t> tags, settler::verdict v) {
    std::vector<std::uint64_t> origins;
    std::unique_lock lock(mutex_);
    if (m.gone) return;
    for (const auto tag : tags) {
        const auto index = tag - m.first_tag; // wraps for one settled long ago
        if (index >= m.handed_out.size() || m.handed_out[index].settled) continue;
        auto& one = m.handed_out[index];
        if (acknowledged_ && v == settler::verdict::acknowledge) origins.push_back(one.origin);
        --m.unsettled_count;
        settle_one(one, v);
    }
    while (!m.handed_out.empty() && m.handed_out.front().settled) {
        m.handed_out.pop_front();
        ++m.first_tag;
    }
    wake_members(lock);
    if (!origins.empty()) acknowledged_(origins);
}

void group::settle_one(transports::unsettled& one, settler::verdict v) {
    one.settled = true;
    auto& s = slots_[one.slot];
    if (--s.unsettled == 0 && s.holder != &owner(one.slot)) --handovers_;
    if (v == settler::verdict::retry && !one.dropped) {
        owner(one.slot).retries.push_back(
            {clock::now() + redelivery_delay(one.deliveries), {unpack(one.packed), tag_of(one)}});
        ++waiting_;
    }
    one.packed = {};
}

void group::drop(const std::function<bool(std::uint64_t)>& gone) {
    const auto is_gone = [&](const delivery& d) { return gone(queue_tag::of(d).origin); };
    const std::lock_guard lock(mutex_);
    waiting_ -= std::erase_if(parked_, is_gone);
    for (const auto& m : members_) {
        m->queue.erase(m->queue.begin(), m->queue.begin() + static_cast<std::ptrdiff_t>(m->head));
        m->head = 0;
        waiting_ -= std::erase_if(m->queue, is_gone);
        waiting_ -= std::erase_if(m->retries, [&](const retried& r) { return is_gone(r.what); });
        for (auto& one : m->handed_out) one.dropped = one.dropped || gone(one.origin);
    }
}

std::size_t group::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_;
}

std::size_t group::unsettled() const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& m : members_) count += m->unsettled_count;
    return count;
}

std::size_t group::prefetch() const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& m : members_) count += m->prefetch;
    return count;
}

void group::stop(member& m) {
    std::unique_lock lock(mutex_);
    m.stopping = true;
    wake_members(lock);
}

void group::leave(member& m) {
    std::unique_lock lock(mutex_);
    m.gone = true;
    std::vector<delivery> first;
    for (auto& one : m.handed_out) {
        if (one.settled) continue;
        --slots_[one.slot].unsettled;
        if (!one.dropped) first.push_back({unpack(one.packed), tag_of(one)});
    }
    m.handed_out.clear();
    waiting_ += first.size();
    first.insert(first.end(), std::make_move_iterator(m.queue.begin() + static_cast<std::ptrdiff_t>(m.head)),
                 std::make_move_iterator(m.queue.end()));
    for (auto& r : m.retries) first.push_back(std::move(r.what));
    std::erase_if(members_, [&](const auto& one) { return one.get() == &m; });
    redistribute(std::move(first));
    wake_members(lock);
}

} // namespace sagaflow::transports
