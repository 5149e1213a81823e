// The in-process transport: addresses, their groups, and who gets what.
#include "../shared/consumer.hpp"
#include "../shared/ownership.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/memory.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace sagaflow::memory {

namespace {

using transports::consumer;
using transports::group;

struct address {
    std::map<std::string, std::shared_ptr<group>> groups;
    std::vector<message> unclaimed;   // that no group takes so far
    std::vector<subscription> owners; // the one that consumes it alone, if there is one
};

// What one publish puts into one group.
struct parcel {
    group* to;
    std::vector<delivery> content;
    std::vector<std::size_t> indices; // in the published batch
};

class transport_impl final : public transport {
  public:
    explicit transport_impl(const transport_options& options) : bound_(options.queued_messages) {}
    ~transport_impl() override { close(); }

    void open(std::vector<std::string> addresses, health_handler on_health) override;
    void publish(std::vector<message> batch, publish_handler done) override;
    void consume(subscription what, delivery_handler handler) override;
    void close() override;

  private:
    void sort(std::vector<message>& batch, std::vector<parcel>& parcels, std::vector<std::size_t>& unclaimed);
    void keep(std::vector<message>& batch, const std::vector<std::size_t>& unclaimed,
              std::vector<published>& report);

    const std::size_t bound_;
    std::shared_mutex mutex_; // of the three below
    std::unordered_map<std::string, address> addresses_;
    std::vector<std::unique_ptr<consumer>> consumers_;
    bool closed_ = false;
    std::mutex closing_; // held while a close() waits, so that another one waits too
};

// `most`: messages that may still come to it.
void add(std::vector<parcel>& parcels, group* to, message&& m, std::size_t index, std::size_t most) {
    auto found = std::find_if(parcels.begin(), parcels.end(), [&](const parcel& p) { return p.to == to; });
    if (found == parcels.end()) {
        found = parcels.insert(parcels.end(), parcel{to, {}, {}});
        found->content.reserve(most);
    }
    found->content.emplace_back().content = std::move(m);
    found->indices.push_back(index);
}

void fail(published& p, const char* reason) {
    p.result = published::verdict::failed;
    p.reason = reason;
}

void transport_impl::open(std::vector<std::string> addresses, health_handler on_health) {
    bool closed = false;
    {
        const std::lock_guard lock(mutex_);
        for (auto& a : addresses) addresses_[std::move(a)];
        closed = closed_;
    }
    if (!on_health) return;
    if (closed) {
        on_health({transport_health::condition::down, "the transport is closed"});
    } else {
        on_health({});
    }
}

void transport_impl::sort(std::vector<message>& batch, std::vector<parcel>& parcels,
                          std::vector<std::size_t>& unclaimed) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
        group* last = nullptr;
        if (const auto found = addresses_.find(batch[i].address); found != addresses_.end()) {
            for (const auto& [name, g] : found->second.groups) {
                if (!g->takes(batch[i].type)) continue;
                if (last) add(parcels, last, message(batch[i]), i, batch.size() - i);
                last = g.get();
            }
        }
        if (last) {
            add(parcels, last, std::move(batch[i]), i, batch.size() - i);
        } else {
            unclaimed.push_back(i);
        }
    }
}

void transport_impl::publish(std::vector<message> batch, publish_handler done) {
    std::vector<published> report(batch.size());
    for (std::size_t i = 0; i < report.size(); ++i) report[i].index = i;
    std::vector<std::size_t> unclaimed;
    {
        const std::shared_lock lock(mutex_);
        std::vector<parcel> parcels;
        if (closed_) {
            for (auto& p : report) fail(p, "the transport is closed");
        } else {
            sort(batch, parcels, unclaimed);
        }
        for (auto& p : parcels) {
            for (auto i = p.to->push(std::move(p.content)); i < p.indices.size(); ++i) {
                fail(report[p.indices[i]],
                     "the group's queue is full: raise transport_options::queued_messages");
            }
        }
    }
    if (!unclaimed.empty()) keep(batch, unclaimed, report);
    if (done) done(report);
}

void transport_impl::keep(std::vector<message>& batch, const std::vector<std::size_t>& unclaimed,
                          std::vector<published>& report) {
    const std::lock_guard lock(mutex_);
    for (const auto i : unclaimed) {
        auto& at = addresses_[batch[i].address];
        const auto taker = std::find_if(at.groups.begin(), at.groups.end(),
                                        [&](const auto& g) { return g.second->takes(batch[i].type); });
        if (closed_) {
            fail(report[i], "the transport is closed");
        } else if (taker != at.groups.end()) {
            fail(report[i], "a subscription came meanwhile"); // published again, it finds all groups
        } else if (at.unclaimed.size() < bound_) {
            at.unclaimed.push_back(std::move(batch[i]));
        } else {
            fail(report[i], "nobody takes messages of this type from this address and no more can wait");
        }
    }
}

void transport_impl::consume(subscription what, delivery_handler handler) {
    std::vector<std::unique_ptr<consumer>> finished;
    const std::lock_guard lock(mutex_);
    if (closed_) throw error(errc::stopped, "the transport is closed: make a new one");
    finished = transports::take_finished(consumers_);

    auto& at = addresses_[what.address];
    transports::check_ownership(at.owners, what);
    auto& g = at.groups[what.group];
    if (!g) g = std::make_shared<group>(bound_);
    consumers_.push_back(std::make_unique<consumer>(what, g, std::move(handler), "sf-mem-"));
    std::vector<delivery> waited;
    std::erase_if(at.unclaimed, [&](message& m) {
        if (!g->takes(m.type)) return false;
        waited.push_back({std::move(m), 0});
        return true;
    });
    g->push(std::move(waited));
}

void transport_impl::close() {
    const std::lock_guard waits(closing_);
    std::vector<std::unique_ptr<consumer>> consumers;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        consumers.swap(consumers_);
    }
    for (const auto& c : consumers) c->stop();
}

} // namespace

std::shared_ptr<sagaflow::transport> make_transport(transport_options options) {
    return std::make_shared<transport_impl>(options);
}

} // namespace sagaflow::memory
