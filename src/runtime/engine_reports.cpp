// What the engine tells about its sagas and itself.
#include "core/report.hpp"
#include "runtime/engine_impl.hpp"
#include "runtime/metrics.hpp"
#include "runtime/store_failure.hpp"

#include <sagaflow/store.hpp>

#include <utility>

namespace sagaflow {

namespace {

constexpr std::size_t longest_listing = 1000;

failure unreadable(const std::exception_ptr& thrown) {
    auto failed = runtime::judge(thrown);
    if (failed.why.code == errc::corrupt) return failed.why;
    return {errc::unavailable, "the store can't be read now: " + failed.why.message};
}

saga_filter filter_of(const list_filter& asked) {
    saga_filter f;
    f.among = asked.unfinished_only ? saga_filter::order::unfinished : saga_filter::order::all;
    f.state = asked.state;
    f.saga_type = asked.saga_type;
    f.with_record = false;
    f.limit = asked.limit;
    return f;
}

} // namespace

result<saga_report> engine::find(const std::string& id) {
    try {
        const auto rows = impl_->options.store->load({&id, 1});
        if (!rows.at(0))
            return failure{errc::not_found, "there is no saga '" + id + "': it was never started, or purged"};
        return core::report_of(*rows[0], true);
    } catch (...) {
        return unreadable(std::current_exception());
    }
}

result<saga_listing> engine::list(const list_filter& filter, std::uint64_t after) {
    if (filter.limit == 0 || filter.limit > longest_listing)
        return failure{errc::invalid_argument,
                       "the limit of a listing is 1 to " + std::to_string(longest_listing)};
    try {
        const auto page = impl_->options.store->list(filter_of(filter), after);
        saga_listing listing;
        listing.next = page.next;
        for (const auto& row : page.sagas) listing.sagas.push_back(core::report_of(row, false));
        return listing;
    } catch (...) {
        return unreadable(std::current_exception());
    }
}

health_report engine::health() const {
    return impl_->health->report();
}

std::vector<metric> engine::metrics() const {
    const auto& i = *impl_;
    runtime::engine_figures f;
    if (const auto* loop = i.started_loop()) {
        f.shard = loop->figures();
        f.unsettled_replies = loop->unsettled();
    }
    f.queued_inputs = i.inputs->size();
    f.queued_reads = i.reads->size();
    f.queued_callbacks = i.callbacks->size();
    f.waiting_callers = i.waiting.size();
    f.watchers = i.watchers->size();
    f.waiting_alerts = i.waiting_alerts;
    f.dropped_alerts = i.dropped_alerts;
    f.commits = i.commits.commits();
    f.commit_seconds = i.commits.seconds();
    f.ready = i.health->report().ready;
    return runtime::metrics_of(f, i.options.limits);
}

} // namespace sagaflow
