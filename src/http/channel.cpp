#include "http/channel.hpp"

#include <iterator>

namespace sagaflow::http {

void mailbox::put(std::shared_ptr<channel> c) {
    const std::lock_guard lock(mutex_);
    if (!wake_) return;
    waiting_.push_back(std::move(c));
    if (waiting_.size() == 1) wake_();
}

std::vector<std::shared_ptr<channel>> mailbox::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(waiting_, {});
}

void mailbox::close() {
    std::vector<std::shared_ptr<channel>> left; // destroyed without the lock: that runs code of others
    const std::lock_guard lock(mutex_);
    wake_ = nullptr;
    left.swap(waiting_);
}

// Called with the lock held; returns without it.
void channel::notify(std::unique_lock<std::mutex>& lock) {
    const bool already = std::exchange(notified_, true);
    lock.unlock();
    if (!already) mailbox_->put(shared_from_this());
}

void channel::respond(response r) {
    std::unique_lock lock(mutex_);
    if (closed_) return;
    answer_ = std::make_unique<response>(std::move(r));
    notify(lock);
}

void channel::open(stream_options options) {
    std::unique_lock lock(mutex_);
    if (closed_) return;
    queue_limit_ = options.queue_bytes;
    opening_ = std::make_unique<stream_options>(std::move(options));
    notify(lock);
}

bool channel::send(std::span<const sse_event> events) {
    std::unique_lock lock(mutex_);
    if (closed_ || ended_ || cut_off_) return false;
    for (const sse_event& e : events) {
        const std::size_t size = e.chunk_->size();
        const std::size_t waiting = queued_bytes_ + in_flight_;
        if (waiting > 0 && waiting + size > queue_limit_) {
            cut_off_ = true;
            break;
        }
        queued_bytes_ += size;
        queue_.push_back(e.chunk_);
    }
    const bool taken = !cut_off_;
    notify(lock);
    return taken;
}

void channel::end() {
    std::unique_lock lock(mutex_);
    if (closed_ || ended_) return;
    ended_ = true;
    notify(lock);
}

void channel::abort() {
    std::unique_lock lock(mutex_);
    if (closed_ || ended_) return;
    aborted_ = true;
    notify(lock);
}

void channel::on_closed(std::function<void()> f) {
    {
        const std::lock_guard lock(mutex_);
        if (!closed_) {
            on_closed_ = std::move(f);
            return;
        }
        if (ended_) return;
    }
    f();
}

bool channel::closed() const {
    const std::lock_guard lock(mutex_);
    return closed_ || ended_ || cut_off_;
}

channel::mail channel::take(std::vector<piece>& pieces) {
    const std::lock_guard lock(mutex_);
    notified_ = false;
    in_flight_ += std::exchange(queued_bytes_, 0);
    if (pieces.empty()) {
        pieces.swap(queue_);
    } else {
        pieces.insert(pieces.end(), std::make_move_iterator(queue_.begin()),
                      std::make_move_iterator(queue_.end()));
        queue_.clear();
    }
    return {std::move(answer_), std::move(opening_), ended_, cut_off_, aborted_};
}

void channel::set_in_flight(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    in_flight_ = bytes;
}

void channel::close() {
    // What was handed in is destroyed without the lock: it may hold the stream's own handle.
    std::function<void()> tell;
    std::vector<piece> dropped;
    bool left_early = false;
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(closed_, true)) return;
        tell.swap(on_closed_);
        dropped.swap(queue_);
        left_early = !ended_;
    }
    if (tell && left_early) tell();
}

} // namespace sagaflow::http
