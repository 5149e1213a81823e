// The engine's life: made, started, ended.
#include "runtime/checks.hpp"
#include "runtime/dead_letters.hpp"
#include "runtime/engine_impl.hpp"
#include "runtime/hosting.hpp"

#include <sagaflow/store.hpp>

#include <algorithm>
#include <utility>

namespace sagaflow {

namespace {

constexpr std::size_t most_waiting_alerts = 10'000;

engine_options checked(engine_options&& given) {
    runtime::check(given);
    return std::move(given);
}

} // namespace

engine::impl::impl(engine_options given)
    : options(checked(std::move(given))),
      reply_address(options.reply_address.empty() ? options.name + ".replies" : options.reply_address),
      route(options),
      health(std::make_shared<runtime::health_board>(options.transports.size(), options.log)),
      callbacks(std::make_shared<runtime::callback_loop>(options.log)),
      watchers(std::make_shared<runtime::watch_hub>(options.limits.watchers)),
      reads(std::make_shared<runtime::reader>(options.store, inputs, health)),
      waiting(options.limits.pending_starts, *callbacks),
      commits(options.store, inputs, health) {}

engine::impl::~impl() {
    end({errc::stopped, "the engine was destroyed before it could answer: ask again with the same id"});
}

const ownership& engine::impl::owned() {
    if (!shard_owned) shard_owned = options.store->claim(0, options.name);
    return *shard_owned;
}

void engine::impl::host(const std::shared_ptr<const plan>& definition) {
    if (callbacks->on_this_thread())
        throw error(errc::wrong_state,
                    "host() was called by a callback of the engine: call it from another thread");
    const std::lock_guard lock(lifecycle);
    const bool twice = std::any_of(hosted.begin(), hosted.end(), [&](const auto& h) {
        return h->name == definition->name && h->version == definition->version;
    });
    if (twice)
        throw error(errc::invalid_argument, "saga '" + definition->name + "' version " +
                                                std::to_string(definition->version) + " is hosted already");
    runtime::check_against_stored(*definition, owned(), *options.store);
    if (loop) {
        open_transports({definition});
        if (!inputs->push(runtime::host_request{definition})) {
            const auto why = why_not_running();
            throw error(why.code, why.message);
        }
    }
    hosted.push_back(definition);
}

void engine::impl::open_transports(const std::vector<std::shared_ptr<const plan>>& definitions) {
    std::vector<std::vector<std::string>> addresses(options.transports.size(),
                                                    {reply_address, runtime::dead_address(reply_address)});
    if (const auto& to = route.status()) addresses[to->transport].push_back(to->address);
    for (const auto& d : definitions) {
        const auto of_one = route.addresses_of(*d);
        for (std::size_t i = 0; i < of_one.size(); ++i)
            addresses[i].insert(addresses[i].end(), of_one[i].begin(), of_one[i].end());
    }
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        std::sort(addresses[i].begin(), addresses[i].end());
        addresses[i].erase(std::unique(addresses[i].begin(), addresses[i].end()), addresses[i].end());
        options.transports[i]->open(std::move(addresses[i]), [i, board = health](const transport_health& h) {
            board->transport(i, h);
        });
    }
}

void engine::impl::consume_replies() {
    for (const auto& t : options.transports) {
        subscription s;
        s.address = reply_address;
        s.group = options.name;
        s.sole_owner = "the engine '" + options.name + "' (" + owned().source + ")";
        s.prefetch = options.limits.queued_replies;
        s.stop = consuming.get_token();
        // What comes after the end is not settled: it comes again to whoever consumes next.
        t->consume(std::move(s), [queue = inputs, carrier = std::weak_ptr(t), log = options.log](
                                     std::vector<delivery> content, const std::shared_ptr<settler>& from) {
            runtime::bury_unreadable(content, from, carrier, log);
            if (!content.empty()) queue->push(runtime::deliveries{std::move(content), from});
        });
    }
}

core::shard_options engine::impl::shard_options() const {
    core::shard_options o;
    o.reply_address = reply_address;
    o.transports = options.transports.size();
    o.route = route;
    o.rejections = route.rejections();
    o.status = route.status();
    o.limits = options.limits;
    o.retention = options.retention;
    o.command_lifetime = options.command_lifetime;
    o.resend_per_second = options.resend_per_second;
    return o;
}

runtime::shard_loop::parts engine::impl::loop_parts() {
    return {.inputs = inputs,
            .transports = options.transports,
            .commits = commits,
            .reads = *reads,
            .waiting = waiting,
            .watchers = *watchers,
            .health = *health,
            .log = options.log.get(),
            .on_alert = [this](const alert& a) { raise(a); },
            .on_store_lost = [this](const failure& why) { lost(why); }};
}

void engine::impl::start() {
    const std::lock_guard lock(lifecycle);
    {
        const std::lock_guard stage_lock(state);
        if (now != stage::made)
            throw error(errc::wrong_state, "this engine was started before: make a new one");
    }
    try {
        loop = std::make_unique<runtime::shard_loop>(shard_options(), owned(), loop_parts());
        for (const auto& d : hosted) loop->host(d);
        open_transports(hosted);
        consume_replies();
    } catch (const std::exception& e) {
        close({errc::stopped, std::string("the engine could not start: ") + e.what()});
        throw;
    }
    callbacks->start();
    reads->start();
    commits.start();
    {
        const std::lock_guard stage_lock(state);
        now = stage::running;
    }
    health->running();
    log(options.log.get(), log_level::info, "the engine takes starts",
        {{"engine", options.name},
         {"reply_address", reply_address},
         {"definitions", std::to_string(hosted.size())}});
    loop->start();
}

bool engine::impl::stop(duration deadline) {
    if (callbacks->on_this_thread())
        throw error(errc::wrong_state, "stop() waits for the callbacks: do not call it from one of them");
    const std::lock_guard lock(lifecycle);
    if (drained) return *drained;
    drained = true;
    if (loop) {
        consuming.request_stop();
        drained = inputs->push(runtime::refuse_starts{}) && loop->wait_drained(deadline);
    }
    end({errc::stopped, "the engine was stopped"});
    log(options.log.get(), *drained ? log_level::info : log_level::warn,
        *drained ? "the engine has stopped" : "the engine has stopped before all under way was durable",
        {{"engine", options.name}});
    return *drained;
}

void engine::impl::raise(const alert& a) {
    log(options.log.get(), a.over ? log_level::info : log_level::warn, a.over ? "an alert is over" : "alert",
        {{"saga_id", a.saga_id}, {"saga_type", a.saga_type}, {"reason", a.reason}});
    if (!options.on_alert) return;
    if (waiting_alerts.fetch_add(1) >= most_waiting_alerts) {
        --waiting_alerts;
        ++dropped_alerts;
        return;
    }
    callbacks->post([this, a] {
        --waiting_alerts;
        options.on_alert(a);
    });
}

// On the shard's thread.
void engine::impl::lost(const failure& why) {
    log(options.log.get(), log_level::error, "the engine has stopped: its store is lost",
        {{"engine", options.name}, {"code", to_string(why.code)}, {"reason", why.message}});
    raise({.saga_id = {}, .saga_type = {}, .reason = why.message});
    close({why.code == errc::fenced ? errc::fenced : errc::unavailable, why.message});
}

void engine::impl::close(const failure& why) {
    {
        const std::lock_guard lock(state);
        now = stage::ended;
        if (!ended_by) ended_by = why;
    }
    health->ended(why.message);
    consuming.request_stop();
    inputs->close();
    const auto code = why.code == errc::fenced ? errc::fenced : errc::outcome_unknown;
    waiting.fail_all(
        {code, why.message + "; whether it was taken on is not known: ask again with the same id"});
    watchers->close({why.code == errc::stopped ? errc::stopped : errc::unavailable, why.message});
}

void engine::impl::end(const failure& why) {
    close(why);
    if (loop) loop->join();
    commits.stop();
    reads->stop();
    callbacks->finish();
}

bool engine::impl::running() const {
    const std::lock_guard lock(state);
    return now == stage::running;
}

const runtime::shard_loop* engine::impl::started_loop() const {
    const std::lock_guard lock(state);
    return now == stage::made ? nullptr : loop.get();
}

failure engine::impl::why_not_running() const {
    const std::lock_guard lock(state);
    if (ended_by) return *ended_by;
    return {errc::stopped, "the engine was not started"};
}

engine::engine(engine_options options) : impl_(std::make_unique<impl>(std::move(options))) {}

engine::~engine() = default;

std::shared_ptr<const plan> engine::host(std::shared_ptr<const plan> definition) {
    validate(*definition);
    impl_->host(definition);
    return definition;
}

void engine::start() {
    impl_->start();
}

bool engine::stop(duration deadline) {
    return impl_->stop(deadline);
}

} // namespace sagaflow
