// The participant: options, start and stop.
#include "core/rejection_body.hpp"
#include "runtime/dead_letters.hpp"
#include "runtime/participant_impl.hpp"

#include <sagaflow/participant.hpp>

#include <algorithm>
#include <utility>

namespace sagaflow {

namespace {

constexpr auto patience_at_stop = std::chrono::seconds(5);

void require(bool holds, const std::string& message) {
    if (!holds) throw error(errc::invalid_argument, message);
}

} // namespace

participant::participant(participant_options options) : impl_(std::make_shared<impl>(std::move(options))) {}
participant::~participant() {
    impl_->stop();
}
participant& participant::handle(command_handler handler) {
    impl_->handle(std::move(handler));
    return *this;
}
void participant::start() {
    impl_->start();
}
void participant::stop() {
    impl_->stop();
}
std::vector<metric> participant::metrics() const {
    return impl_->metrics();
}

participant::impl::impl(participant_options options) : options_(std::move(options)) {
    require(!options_.name.empty(), "participant_options::name is empty: give the participant a name");
    const auto who = "participant \"" + options_.name + "\": ";
    require(options_.transport != nullptr, who + "participant_options::transport is missing");
    require(options_.batch_size > 0, who + "participant_options::batch_size must be at least 1");
    require(options_.batch_time.count() > 0, who + "participant_options::batch_time must be at least 1 ms");
    require(options_.inbox_retention.count() > 0,
            who + "participant_options::inbox_retention must be positive");
}

void participant::impl::handle(command_handler handler) {
    const auto type = handler.type;
    handler.check(options_.inbox.get());
    const std::lock_guard lock(busy_);
    if (started_) throw error(errc::wrong_state, "handle(\"" + type + "\") after start(): call it before");
    require(handlers_.try_emplace(type, std::move(handler)).second,
            "command type \"" + type + "\" is handled already");
}

std::vector<std::string> participant::impl::addresses() const {
    auto all = options_.addresses;
    if (all.empty()) {
        for (const auto& [type, handler] : handlers_) all.push_back(type.substr(0, type.find('.')));
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

void participant::impl::start() {
    std::shared_ptr<transport> carrier;
    subscription what;
    std::vector<std::string> where;
    {
        const std::lock_guard lock(busy_);
        if (started_)
            throw error(errc::wrong_state, "participant \"" + options_.name + "\" was started before");
        require(!handlers_.empty(),
                "participant \"" + options_.name + "\" handles nothing: call handle() before start()");
        started_ = true;
        carrier = options_.transport;
        where = addresses();
        what.group = options_.name;
        what.prefetch = std::max<std::size_t>(4 * options_.batch_size, 1024);
        what.stop = stop_.get_token();
        if (options_.on_unreadable == unreadable::skip) {
            for (const auto& [type, handler] : handlers_) what.types.push_back(type);
        }
    }
    open(where);
    for (const auto& address : where) {
        what.address = address;
        carrier->consume(what, [self = shared_from_this()](std::vector<delivery> batch,
                                                           const std::shared_ptr<settler>& settle) {
            self->take(batch, settle);
        });
    }
}

void participant::impl::open(const std::vector<std::string>& where) {
    auto all = where;
    if (options_.on_unreadable == unreadable::dead_letter) {
        for (const auto& address : where) all.push_back(runtime::dead_address(address));
    }
    options_.transport->open(std::move(all), [log = options_.log, name = options_.name, up = carrier_up_,
                                              stopped = stop_.get_token()](const transport_health& h) {
        *up = h.now == transport_health::condition::up;
        if (stopped.stop_requested()) return; // it may be closed now: no news
        if (h.now == transport_health::condition::up) {
            sagaflow::log(log.get(), log_level::info, "the transport is up", {{"participant", name}});
        } else {
            sagaflow::log(log.get(), log_level::warn, "the transport is away; commands wait until it is back",
                          {{"participant", name}, {"reason", h.reason}});
        }
    });
}

void participant::impl::stop() {
    std::call_once(stopped_, [this] {
        {
            const std::lock_guard lock(busy_); // the batch under way is over
            stopping_ = true;
        }
        {
            std::unique_lock lock(publishing_mutex_);
            published_.wait_for(lock, patience_at_stop, [this] { return publishing_ == 0; });
        }
        stop_.request_stop();
        // Destroyed without the lock: the transport's last holder waits for handlers, which want it.
        std::unordered_map<std::string, command_handler> handlers;
        std::shared_ptr<inbox> rows;
        std::shared_ptr<transport> carrier;
        const std::lock_guard lock(busy_);
        handlers.swap(handlers_);
        rows.swap(options_.inbox);
        carrier.swap(options_.transport);
    });
}

namespace detail {

std::string rejection_body(const rejection& why) {
    return core::write_rejection(why.reason);
}

void throw_wrong_transaction(const std::string& type) {
    throw error(errc::invalid_argument,
                "the handler of \"" + type +
                    "\" takes a transaction that the participant's inbox does not hand out: set "
                    "participant_options::inbox to the inbox of that database");
}

} // namespace detail

} // namespace sagaflow
