#include "publisher.hpp"

#include <sagaflow/error.hpp>

#include <iterator>
#include <utility>

namespace sagaflow::amqp {

namespace {

constexpr std::uint16_t channel = 1;
constexpr std::uint16_t question_channel = 2;

} // namespace

publisher::publisher(const transport_options& options, std::shared_ptr<const wire::envelope> envelope,
                     std::vector<endpoint> hosts, transports::health_board& board, std::size_t part)
    : options_(options),
      envelope_(std::move(envelope)),
      topology_(options),
      returned_(options.message_bytes),
      link_(options, std::move(hosts), "sf-amqp-pub", *this, board, part) {}

void publisher::open(std::vector<std::string> addresses) {
    std::future<std::optional<failure>> done;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        auto& o = openings_.emplace_back(opening{std::move(addresses), {}});
        done = o.done.get_future();
        link_.start();
    }
    link_.wake()->wake();
    if (const auto refused = done.get()) throw error(refused->code, refused->message);
}

void publisher::publish(std::vector<message> batch, publish_handler done) {
    auto tickets = transports::ticket::of_batch(batch.size(), std::move(done));
    transports::reports at_once; // told when no lock is held any more
    std::vector<waiting> ready;
    ready.reserve(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto o = make_outgoing(batch[i], envelope_->write(batch[i]));
        if (auto why = unfit(o, options_.message_bytes)) {
            at_once.add(std::move(tickets[i]), published::verdict::refused, std::move(*why));
        } else {
            ready.push_back({std::move(o), std::move(tickets[i])});
        }
    }
    {
        const std::lock_guard lock(mutex_);
        if (!closed_) {
            std::move(ready.begin(), ready.end(), std::back_inserter(queue_));
            ready.clear();
            link_.start();
        }
    }
    for (auto& w : ready) at_once.add(std::move(w.of), published::verdict::failed, "the transport is closed");
    link_.wake()->wake();
}

void publisher::close() {
    const std::lock_guard waits(closing_);
    fail_all("the transport is closed");
    link_.stop();
}

void publisher::fail_all(const std::string& why) {
    transports::reports failed;
    std::vector<opening> openings;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        confirms_.lost(why, failed);
        for (auto& w : queue_) failed.add(std::move(w.of), published::verdict::failed, why);
        queue_.clear();
        openings.swap(openings_);
    }
    for (auto& o : openings) o.done.set_value(std::nullopt);
}

void publisher::up(connection& c) {
    open_channel(c);
}

void publisher::open_channel(connection& c) {
    addresses_.clear(); // each is declared when it is used: one that is gone must not hold up the others
    returned_ = assembly(options_.message_bytes);
    c.open_channel(channel);
    c.call<amqp_confirm_select_ok_t>(channel, AMQP_CONFIRM_SELECT_METHOD, AMQP_CONFIRM_SELECT_OK_METHOD,
                                     amqp_confirm_select_t{});
    c.forget(channel);
}

void publisher::take(connection& c, const amqp_frame_t& frame) {
    if (frame.frame_type == AMQP_FRAME_METHOD && !assembly::begins(frame.payload.method.id)) {
        take_method(c, frame.payload.method);
        return;
    }
    const auto back = returned_.take(frame);
    if (!back) return;
    const std::lock_guard lock(mutex_);
    confirms_.returned(back->message.message_id, back->exchange, back->routing_key,
                       "no group at the address '" + back->exchange + "' takes the type '" +
                           back->routing_key + "' (" + back->why + "): start the service that does");
}

void publisher::take_method(connection& c, const amqp_method_t& method) {
    if (method.id == AMQP_BASIC_ACK_METHOD) {
        const auto& ack = *static_cast<const amqp_basic_ack_t*>(method.decoded);
        const std::lock_guard lock(mutex_);
        confirms_.acked(ack.delivery_tag, ack.multiple != 0, reports_);
    } else if (method.id == AMQP_BASIC_NACK_METHOD) {
        const auto& nack = *static_cast<const amqp_basic_nack_t*>(method.decoded);
        const std::lock_guard lock(mutex_);
        confirms_.nacked(nack.delivery_tag, nack.multiple != 0, reports_);
    } else if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
        try {
            c.closed_by_broker(channel, method);
        } catch (const channel_closed& e) { // such as an exchange that was deleted
            const std::lock_guard lock(mutex_);
            confirms_.lost(e.what(), reports_);
        }
        open_channel(c);
    }
}

void publisher::work(connection& c) {
    reports_.tell();
    serve_openings(c);
    full_ = false;
    while (!link_.blocked()) {
        if (!c.writable()) {
            full_ = true;
            break;
        }
        introduce_next(c);
        const auto batch = next_batch();
        if (batch.empty()) break;
        for (const auto& one : batch)
            c.publish(channel, one.address, one.type, one.mandatory, properties_of(one, headers_),
                      one.what.body);
        if (c.has_input()) break;
    }
    reports_.tell();
}

void publisher::serve_openings(connection& c) {
    std::vector<opening> openings;
    {
        const std::lock_guard lock(mutex_);
        openings.swap(openings_);
    }
    for (auto o = openings.begin(); o != openings.end(); ++o) {
        try {
            questions ask(c, question_channel);
            for (const auto& address : o->addresses) declare(ask, address);
            o->done.set_value(std::nullopt);
        } catch (const error& e) {
            o->done.set_value(failure{e.code(), e.what()});
        } catch (...) { // down() answers this one and those behind it
            const std::lock_guard lock(mutex_);
            openings_.insert(openings_.begin(), std::move_iterator(o), std::move_iterator(openings.end()));
            throw;
        }
    }
}

void publisher::declare(questions& ask, const std::string& address) {
    if (addresses_.contains(address)) return;
    topology_.prepare(ask, address);
    addresses_.insert(address);
}

// The address of the first in the queue, if that is new.
std::optional<std::string> publisher::next_stranger() {
    const std::lock_guard lock(mutex_);
    if (queue_.empty() || addresses_.contains(queue_.front().what.address)) return std::nullopt;
    return queue_.front().what.address;
}

// Declares where the first in the queue goes; what goes where that can't be has failed.
void publisher::introduce_next(connection& c) {
    while (const auto address = next_stranger()) {
        try {
            questions ask(c, question_channel);
            declare(ask, *address);
        } catch (const error& e) {
            const std::lock_guard lock(mutex_);
            std::erase_if(queue_, [&](waiting& w) {
                if (w.what.address != *address) return false;
                reports_.add(std::move(w.of), published::verdict::failed, e.what());
                return true;
            });
        }
    }
}

// A batch that may go now: few enough that what comes is read in between. Whoever closes the transport finds
// them among the unconfirmed.
std::vector<outgoing> publisher::next_batch() {
    constexpr std::size_t most = 64;
    constexpr std::size_t most_bytes = 128 * 1024;
    std::vector<outgoing> batch;
    std::size_t size = 0;
    const std::lock_guard lock(mutex_);
    while (!queue_.empty() && addresses_.contains(queue_.front().what.address) && batch.size() < most &&
           size < most_bytes && confirms_.size() < options_.in_flight) {
        auto& [what, of] = queue_.front();
        confirms_.sent(std::move(of), what.what.message_id, what.address, what.type);
        size += what.what.body.size();
        batch.push_back(std::move(what));
        queue_.pop_front();
    }
    return batch;
}

void publisher::down(const std::string& why) {
    std::vector<opening> openings;
    {
        const std::lock_guard lock(mutex_);
        confirms_.lost(why, reports_);
        // Those behind them would overtake them.
        for (auto& w : queue_) reports_.add(std::move(w.of), published::verdict::failed, why);
        queue_.clear();
        openings.swap(openings_);
    }
    reports_.tell();
    for (auto& o : openings) o.done.set_value(std::nullopt);
}

} // namespace sagaflow::amqp
