#include "publisher.hpp"

#include "entry.hpp"

#include <array>
#include <string_view>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace redis {

namespace {

constexpr const char* closed_reason = "the transport is closed";

// Errors that the server takes back by itself, or its operator does.
bool takes_nothing_now(std::string_view error) {
    for (const std::string_view code : {"OOM", "MISCONF", "READONLY", "LOADING", "NOREPLICAS", "CLUSTERDOWN"})
        if (error.starts_with(code)) return true;
    return false;
}

sagaflow::published verdict_of(const redisReply& answer) {
    using verdict = sagaflow::published::verdict;
    if (answer.type != REDIS_REPLY_ERROR) return {0, verdict::accepted, {}};
    return {0, verdict::failed, std::string(answer.str, answer.len)};
}

} // namespace

publisher::publisher(const options& o, std::shared_ptr<const sagaflow::wire::envelope> by, health& told)
    : options_(o), envelope_(std::move(by)), health_(told), wake_(eventfd(0, EFD_CLOEXEC)) {}

publisher::~publisher() {
    close();
    ::close(wake_);
}

void publisher::start() {
    std::unique_lock lock(mutex_);
    if (!closed_ && !thread_.joinable()) thread_ = std::thread([this] { run(); });
    changed_.wait(lock, [&] { return tried_ || closed_; });
}

// [publish]
void publisher::publish(const std::vector<sagaflow::message>& batch, sagaflow::publish_handler done) {
    const auto shared = std::make_shared<const sagaflow::publish_handler>(std::move(done));
    const auto limit = options_.envelope.limits.body_bytes;
    std::vector<sagaflow::published> refused;
    flight sent;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (batch[i].body.size() > limit) {
            refused.push_back({i, verdict::refused, "its body is over " + std::to_string(limit) + " bytes"});
        } else {
            sent.push_back({shared, i, to_xadd(batch[i], *envelope_)});
        }
    }
    if (!refused.empty()) (*shared)(refused);
    std::unique_lock lock(mutex_);
    if (closed_) {
        lock.unlock();
        report(sent, {}, closed_reason);
        return;
    }
    std::move(sent.begin(), sent.end(), std::back_inserter(*queued_));
    eventfd_write(wake_, 1);
}
// [/publish]

void publisher::close() {
    std::shared_ptr<flight> flying;
    std::shared_ptr<flight> queued;
    std::thread thread;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        flying.swap(flying_);
        queued.swap(queued_);
        thread.swap(thread_);
        if (connection_) connection_->interrupt();
        eventfd_write(wake_, 1);
        changed_.notify_all();
    }
    for (const auto& outstanding : {flying, queued})
        if (outstanding) report(*outstanding, {}, closed_reason);
    if (thread.joinable()) thread.join();
}

void publisher::run() {
    begin_thread("sf-redis-pub");
    backoff pause;
    while (true) {
        if (!connection_ && !connect()) {
            std::unique_lock lock(mutex_);
            if (changed_.wait_for(lock, pause.next(), [&] { return closed_; })) return;
            continue;
        }
        pause.reset();
        if (!wait_for_work()) return;
        send();
    }
}

bool publisher::connect() {
    std::string why;
    std::shared_ptr<connection> made;
    try {
        made = std::make_shared<connection>(options_);
        health_.set("publisher", health::condition::up);
    } catch (const connection_lost& lost) {
        why = lost.what();
        health_.set("publisher", health::condition::down, why);
    }
    auto failed = std::make_shared<flight>();
    std::unique_lock lock(mutex_);
    tried_ = true;
    changed_.notify_all();
    connection_ = made;
    if (made || closed_) return static_cast<bool>(made);
    failed.swap(queued_); // who wants to may publish it again, and finds the next attempt then
    lock.unlock();
    report(*failed, {}, why);
    return false;
}

void publisher::lost(const std::string& why) {
    {
        const std::lock_guard lock(mutex_);
        connection_.reset();
    }
    health_.set("publisher", health::condition::down, why);
}

// False: there will be none. Also notices when the server goes while there is nothing to do.
bool publisher::wait_for_work() {
    std::array<pollfd, 2> on = {{{wake_, POLLIN, 0}, {connection_->descriptor(), POLLIN, 0}}};
    ::poll(on.data(), on.size(), -1);
    eventfd_t count = 0;
    if (on[0].revents != 0) eventfd_read(wake_, &count);
    if (on[1].revents != 0) lost("Redis closed the connection");
    const std::lock_guard lock(mutex_);
    return !closed_;
}

// [send]
void publisher::send() {
    std::shared_ptr<flight> flying;
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || !connection_ || queued_->empty()) return;
        flying = flying_ = std::exchange(queued_, std::make_shared<flight>());
    }
    std::vector<sagaflow::published> verdicts;
    std::string why;
    try { // all of them are on their way before the first answer is waited for
        for (const auto& one : *flying) connection_->append(one.xadd);
        for (std::size_t i = 0; i < flying->size(); ++i) verdicts.push_back(verdict_of(*connection_->next()));
    } catch (const connection_lost& cut) {
        why = cut.what(); // those without an answer may be stored or not: failed
        lost(why);
    }
    if (why.empty() && takes_nothing_now(verdicts.back().reason)) {
        health_.set("publisher", health::condition::blocked, verdicts.back().reason);
    } else if (why.empty()) {
        health_.set("publisher", health::condition::up);
    }
    {
        const std::lock_guard lock(mutex_);
        if (!std::exchange(flying_, nullptr)) return; // close() reported it
    }
    report(*flying, std::move(verdicts), why);
}
// [/send]

// Those without a verdict failed for the reason of the rest.
void publisher::report(const flight& f, std::vector<sagaflow::published> verdicts, const std::string& rest) {
    verdicts.resize(f.size(), {0, verdict::failed, rest});
    for (std::size_t i = 0; i < f.size(); ++i) verdicts[i].index = f[i].index;
    for (std::size_t from = 0, to = 0; from < f.size(); from = to) {
        while (to < f.size() && f[to].done == f[from].done) ++to;
        if (*f[from].done) (*f[from].done)(std::span(verdicts).subspan(from, to - from));
    }
}

} // namespace redis
