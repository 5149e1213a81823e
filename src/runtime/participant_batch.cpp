// One batch of deliveries: through the barrier and the handlers, in one transaction (B4, B6).
#include "runtime/participant_impl.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace sagaflow {

namespace {

constexpr int inbox_failures_in_a_row = 3; // then the rest of a batch waits for its redelivery
constexpr std::size_t purge_rows = 512;
constexpr auto purge_interval = std::chrono::seconds(10);

time_point wall_now() {
    return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
}

const char* text_of(const std::exception_ptr& e) {
    try {
        std::rethrow_exception(e);
    } catch (const std::exception& known) {
        return known.what();
    } catch (...) {
        return "something that is not a std::exception";
    }
}

} // namespace

void participant::impl::take(std::vector<delivery>& batch, const std::shared_ptr<settler>& settle) {
    const std::lock_guard lock(busy_);
    if (stopping_) return;
    items_.clear();
    items_.resize(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        items_[i].came = &batch[i];
        classify(items_[i]);
    }
    for (std::span<item> rest = items_; !rest.empty();) {
        const auto done = options_.inbox ? run_batch(rest) : run_without_inbox(rest);
        conclude(done, settle);
        rest = rest.subspan(done.size());
    }
    if (options_.inbox) purge(clock::now());
}

void participant::impl::classify(item& one) {
    const auto& m = one.came->content;
    const auto found = handlers_.find(m.type);
    const bool is_command = m.kind == message_kind::command || m.kind == message_kind::compensation;
    if (is_command && found != handlers_.end()) {
        one.handler = &found->second;
        return;
    }
    one.end = fate::unreadable;
    if (m.type.empty() && !m.reason.empty()) { // its envelope says why
        one.reason = m.reason;
        return;
    }
    one.reason = is_command ? "participant \"" + options_.name + "\" does not handle \"" + m.type + "\""
                            : std::string("a ") + to_string(m.kind) + " came where commands are taken";
}

// Runs as many of them as one transaction takes; returns those.
std::span<item> participant::impl::run_batch(std::span<item> items) {
    items = items.first(std::min(items.size(), options_.batch_size));
    std::size_t done = 0;
    counters_.batches.fetch_add(1, std::memory_order_relaxed);
    try {
        options_.inbox->transaction([&](inbox_transaction& tx) {
            const auto now = wall_now();
            const auto end = clock::now() + options_.batch_time;
            do {
                run_one(tx, items[done++], now);
            } while (done < items.size() && clock::now() < end);
        });
        if (std::exchange(trouble_, {}).told_batch)
            log(options_.log.get(), log_level::info, "the inbox works again",
                {{"participant", options_.name}});
    } catch (...) {
        counters_.lost.fetch_add(1, std::memory_order_relaxed);
        log(options_.log.get(), std::exchange(trouble_.told_batch, true) ? log_level::debug : log_level::warn,
            "a transaction of the inbox failed; its commands are handled one by one",
            {{"participant", options_.name}, {"error", text_of(std::current_exception())}});
        if (done > 0) items = items.first(done);
        run_alone(items);
        return items;
    }
    return items.first(done);
}

void participant::impl::run_alone(std::span<item> items) {
    int failed = 0;
    for (auto& one : items) {
        if (one.handler == nullptr) continue;
        one.end = fate::later;
        if (failed == inbox_failures_in_a_row) continue;
        try {
            options_.inbox->transaction([&](inbox_transaction& tx) { run_one(tx, one, wall_now()); });
            failed = 0;
        } catch (...) {
            one.end = fate::later;
            ++failed;
            counters_.lost.fetch_add(1, std::memory_order_relaxed);
            log(options_.log.get(),
                std::exchange(trouble_.told_command, true) ? log_level::debug : log_level::error,
                "the inbox failed; the command comes again",
                {{"participant", options_.name},
                 {"command", one.came->content.id},
                 {"error", text_of(std::current_exception())}});
        }
    }
}

// Throws when the inbox fails, never for the handler's sake.
void participant::impl::run_one(inbox_transaction& tx, item& one, time_point now) {
    if (one.handler == nullptr) return;
    one.handler_threw = false;
    const core::barrier_handler call = [&one](inbox_transaction* t, const message& m) {
        try {
            return one.handler->run(t, m);
        } catch (...) {
            one.handler_threw = true;
            throw;
        }
    };
    guard(one, [&] {
        tx.savepoint(
            [&] { one.result = core::pass(tx, one.came->content, now, options_.inbox_retention, call); });
    });
}

template <class F>
void participant::impl::guard(item& one, F run) {
    try {
        run();
        one.end = fate::answered;
    } catch (const unreadable_body& e) {
        one.end = fate::unreadable;
        one.reason = e.what();
    } catch (...) {
        if (!one.handler_threw) throw;
        one.end = fate::threw;
        one.reason = text_of(std::current_exception());
    }
}

std::span<item> participant::impl::run_without_inbox(std::span<item> items) {
    items = items.first(std::min(items.size(), options_.batch_size));
    for (auto& one : items) {
        if (one.handler == nullptr) continue;
        one.handler_threw = true; // whatever is thrown, it is the handler's
        guard(one, [&] {
            one.result = {core::passage::handled, one.handler->run(nullptr, one.came->content)};
        });
    }
    return items;
}

// A little now and then; after every batch while there is more.
void participant::impl::purge(clock::time_point now) {
    if (now < purge_due_) return;
    try {
        const auto removed = options_.inbox->purge(wall_now() - options_.inbox_retention, purge_rows);
        counters_.purged.fetch_add(removed, std::memory_order_relaxed);
        purge_due_ = removed < purge_rows ? now + purge_interval : now;
    } catch (...) {
        purge_due_ = now + purge_interval;
        log(options_.log.get(), log_level::warn,
            "old rows of the inbox could not be removed; tried again later",
            {{"participant", options_.name}, {"error", text_of(std::current_exception())}});
    }
}

} // namespace sagaflow
