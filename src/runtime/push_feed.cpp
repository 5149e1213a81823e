#include "runtime/push_feed.hpp"

#include <utility>

namespace sagaflow::runtime {

push_feed::push_feed(std::string id, std::uint64_t after, std::size_t backlog, parts with,
                     event_handler on_events, end_handler on_end)
    : feed(std::move(id), after, backlog),
      with_(std::move(with)),
      on_events_(std::move(on_events)),
      on_end_(std::move(on_end)) {}

void push_feed::start() {
    const std::lock_guard lock(mutex_);
    if (!busy_) go_on();
}

void push_feed::cancel() {
    event_handler events;
    end_handler end;
    {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        if (!calling_) {
            events.swap(on_events_);
            end.swap(on_end_);
        }
    }
    if (!with_.callbacks->on_this_thread()) calling_.wait(true);
}

void push_feed::changed() {
    if (!busy_ && !cancelled_) go_on();
}

// Takes the next step on the thread that it belongs to. With the mutex.
void push_feed::go_on() {
    const auto what = next_action();
    busy_ = what != next::wait || !told_live_;
    if (what == next::read)
        with_.history->read_history([self = shared_from_this()] { self->read(); });
    else if (busy_)
        with_.callbacks->post([self = shared_from_this()] { self->run(); });
}

void push_feed::read() {
    read_history(*with_.from);
    const std::lock_guard lock(mutex_);
    if (!cancelled_) go_on();
}

void push_feed::run() {
    std::unique_lock lock(mutex_);
    if (cancelled_) return;
    // Until there is no more: when the engine ends meanwhile, nothing that is posted would run.
    while (!cancelled_ && next_action() == next::deliver) deliver(lock, take_ready());
    if (!cancelled_ && next_action() == next::wait && !std::exchange(told_live_, true)) deliver(lock, {});
    if (cancelled_) return;
    if (next_action() == next::ended) return tell_end(lock);
    go_on();
}

void push_feed::deliver(std::unique_lock<std::mutex>& lock, const std::vector<event_ptr>& events) {
    call(lock, [&] { on_events_(events); });
}

void push_feed::tell_end(std::unique_lock<std::mutex>& lock) {
    call(lock, [&] {
        if (on_end_) on_end_(why_ended());
    });
}

void push_feed::call(std::unique_lock<std::mutex>& lock, const std::function<void()>& user) {
    calling_ = true;
    lock.unlock();
    with_.callbacks->call(user);
    // What a handler holds may be this very watcher's handle: it goes without the mutex.
    event_handler events;
    end_handler end;
    lock.lock();
    if (cancelled_) {
        events.swap(on_events_);
        end.swap(on_end_);
    }
    lock.unlock();
    events = nullptr;
    end = nullptr;
    lock.lock();
    calling_ = false;
    calling_.notify_all();
}

} // namespace sagaflow::runtime
