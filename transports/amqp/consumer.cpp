#include "consumer.hpp"

#include "../shared/ownership.hpp"
#include "owner_lock.hpp"

#include <sagaflow/error.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace sagaflow::amqp {

namespace {

constexpr std::uint16_t question_channel = 1;
constexpr std::uint16_t first_channel = 2;
constexpr std::uint16_t last_channel = 1'000; // a broker allows 2047 unless it is told otherwise

} // namespace

consumer::consumer(const transport_options& options, std::shared_ptr<const wire::envelope> envelope,
                   std::vector<endpoint> hosts, transports::health_board& board, std::size_t part)
    : options_(options),
      envelope_(std::move(envelope)),
      topology_(options),
      link_(options, std::move(hosts), "sf-amqp-con", *this, board, part) {}

void consumer::open() {
    ask_for(nullptr, {});
}

// Waits for the answer, or until there is no connection to ask by.
void consumer::ask_for(std::shared_ptr<feed> of, subscription newcomer) {
    std::future<std::optional<failure>> done;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        auto& r = requests_.emplace_back(request{std::move(of), std::move(newcomer), {}});
        done = r.done.get_future();
        link_.start();
    }
    link_.wake()->wake();
    if (const auto refused = done.get()) throw error(refused->code, refused->message);
}

std::shared_ptr<feed> consumer::enter(const subscription& what) {
    std::vector<std::unique_ptr<transports::consumer>> finished; // joined without the lock
    const std::lock_guard lock(mutex_);
    if (closed_) throw error(errc::stopped, "the transport is closed: make a new one");
    finished = transports::take_finished(consumers_);

    transports::check_ownership(owners_[what.address], what);
    auto& f = entered_[queue_of(what)];
    if (!f) f = std::make_shared<feed>(options_, *envelope_, what, link_.wake());
    ++f->consumers;
    return f;
}

void consumer::consume(subscription what, delivery_handler handler) {
    check_names(what);
    const auto at = enter(what);
    const auto left = [at, wake = link_.wake()] {
        --at->consumers;
        wake->wake();
    };
    try {
        ask_for(at, what);
        const std::lock_guard lock(mutex_);
        if (closed_) throw error(errc::stopped, "the transport is closed: make a new one");
        consumers_.push_back(std::make_unique<transports::consumer>(what, at->members(), std::move(handler),
                                                                    "sf-amqp-", left));
    } catch (...) {
        {
            const std::lock_guard lock(mutex_);
            std::erase_if(owners_[what.address], [&](const subscription& s) {
                return s.sole_owner == what.sole_owner && s.stop == what.stop && s.group == what.group;
            });
        }
        left();
        throw;
    }
    link_.wake()->wake();
    wait_until_kept(*at, what.stop);
}

// RabbitMQ would not find a queue again that it made just now.
void consumer::wait_until_kept(const feed& of, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    is_closed_.wait_until(lock, stop, of.made.load() + options_.new_queue_pause, [this] { return closed_; });
}

void consumer::close() {
    const std::lock_guard waits(closing_);
    std::vector<std::unique_ptr<transports::consumer>> consumers;
    std::vector<request> requests;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        consumers.swap(consumers_);
        requests.swap(requests_);
    }
    is_closed_.notify_all();
    for (auto& r : requests) r.done.set_value(std::nullopt);
    for (const auto& c : consumers) c->stop();
    consumers.clear();
    link_.stop();
}

void consumer::up(connection&) {}

void consumer::take(connection& c, const amqp_frame_t& frame) {
    const auto found = std::find_if(feeds_.begin(), feeds_.end(),
                                    [&](const auto& f) { return f.second->channel() == frame.channel; });
    feed* const f = found == feeds_.end() ? nullptr : found->second.get(); // it may have been closed
    if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_CHANNEL_CLOSE_METHOD) {
        if (f != nullptr) f->take(c, frame);
        return;
    }
    try {
        c.closed_by_broker(frame.channel, frame.payload.method);
    } catch (const channel_closed& e) {
        if (f == nullptr) return;
        f->lost();
        f->failed(e.what());
    }
}

void consumer::work(connection& c) {
    serve_requests(c);
    drop_unused(c);
    for (const auto& [queue, f] : feeds_) tend(c, *f);
    tell_trouble();
}

void consumer::serve_requests(connection& c) {
    std::vector<request> requests;
    {
        const std::lock_guard lock(mutex_);
        requests.swap(requests_);
    }
    for (auto r = requests.begin(); r != requests.end(); ++r) {
        try {
            if (r->of) serve(c, *r);
            r->done.set_value(std::nullopt);
        } catch (const error& e) {
            r->done.set_value(failure{e.code(), e.what()});
        } catch (...) { // down() answers this one and those behind it
            const std::lock_guard lock(mutex_);
            requests_.insert(requests_.begin(), std::move_iterator(r), std::move_iterator(requests.end()));
            throw;
        }
    }
}

void consumer::serve(connection& c, request& r) {
    try {
        r.of->welcome(r.newcomer);
        questions ask(c, question_channel);
        r.of->prepare(ask, topology_, r.newcomer.sole_owner);
        if (!r.of->open()) r.of->open(c, free_channel());
    } catch (const channel_closed& e) {
        r.of->failed(e.what());
    } catch (const still_held& e) {
        r.of->failed(e.what());
    }
    feeds_[r.of->queue()] = r.of;
}

void consumer::drop_unused(connection& c) {
    std::vector<std::shared_ptr<feed>> unused;
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(entered_, [&](const auto& one) {
            if (one.second->consumers > 0) return false;
            unused.push_back(one.second);
            return true;
        });
    }
    for (const auto& f : unused) {
        const auto at = feeds_.find(f->queue());
        if (at != feeds_.end() && at->second == f) feeds_.erase(at);
        questions ask(c, question_channel);
        f->close(c, ask);
    }
}

void consumer::tend(connection& c, feed& f) {
    const bool was_consumed = f.consumed();
    try {
        if (f.cancelled()) {
            c.close_channel(f.channel());
            f.lost();
        }
        if (!f.open()) {
            if (std::chrono::steady_clock::now() < f.retry_at()) return;
            questions ask(c, question_channel);
            f.prepare(ask, topology_);
            f.open(c, free_channel());
        } else if (std::chrono::steady_clock::now() >= f.look_at()) {
            questions ask(c, question_channel);
            f.look_again(ask, topology_);
        }
        f.work(c);
        f.adjust(c);
        f.work(c);
    } catch (const channel_closed& e) {
        if (e.channel == f.channel()) f.lost();
        f.failed(e.what());
    } catch (const still_held& e) {
        f.failed(e.what());
    } catch (const error& e) {
        f.failed(e.what());
    } catch (const connection_lost& e) { // the others get on without it for a while
        if (!was_consumed) f.broke(e.what());
        throw;
    }
}

// One that was not used lately: frames of a channel that was closed may still be on their way.
std::uint16_t consumer::free_channel() {
    if (feeds_.size() > last_channel - first_channel)
        throw error(errc::overloaded, "too many queues are consumed by one transport: make another one");
    for (;;) {
        if (++next_channel_ > last_channel) next_channel_ = first_channel;
        if (std::none_of(feeds_.begin(), feeds_.end(),
                         [&](const auto& f) { return f.second->channel() == next_channel_; }))
            return next_channel_;
    }
}

void consumer::tell_trouble() {
    std::string all;
    for (const auto& [queue, f] : feeds_) {
        if (f->trouble().empty()) continue;
        if (!all.empty()) all += "; ";
        all += "the queue '" + queue + "': " + f->trouble();
    }
    link_.trouble(std::move(all));
}

link::time_point consumer::next() const {
    auto first = link::time_point::max();
    for (const auto& [queue, f] : feeds_) first = std::min(first, f->open() ? f->look_at() : f->retry_at());
    return first;
}

void consumer::down(const std::string&) {
    for (const auto& [queue, f] : feeds_) f->lost();
    std::vector<request> requests;
    {
        const std::lock_guard lock(mutex_);
        requests.swap(requests_);
    }
    for (auto& r : requests) {
        if (r.of) {
            r.of->welcome(r.newcomer);
            feeds_[r.of->queue()] = r.of;
        }
        r.done.set_value(std::nullopt);
    }
}

void consumer::leave(connection& c) {
    for (const auto& [queue, f] : feeds_)
        if (f->open()) f->work(c);
}

} // namespace sagaflow::amqp
