#include "watch.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <pthread.h>

namespace sagaflow::kafka {

namespace {

using std::chrono::milliseconds;
using what = topic_answer::what;
using steady = std::chrono::steady_clock;
using condition = transport_health::condition;

constexpr milliseconds until_it_is_away{1'000};   // when librdkafka says that something is wrong
constexpr milliseconds until_it_is_silent{4'000}; // longer than an answer takes over a slow link
constexpr milliseconds while_it_is_well{
    4'000}; // librdkafka alone notices a silent broker after 10 s and more
constexpr milliseconds while_it_is_away{300};
constexpr milliseconds between_reasons{60'000};

} // namespace

watch::watch(const transport_options& options, const publisher& by, transports::health_board& board,
             std::shared_ptr<trouble> t)
    : options_(options), by_(by), board_(board), trouble_(std::move(t)), thread_([this] {
          pthread_setname_np(pthread_self(), "sf-kafka-watch");
          run();
      }) {}

watch::~watch() {
    stop();
    join();
}

void watch::stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
}

void watch::join() {
    if (thread_.joinable()) thread_.join();
}

// close() waits for a look that is under way.
milliseconds watch::patience() const {
    return std::clamp(options_.close_timeout, until_it_is_away, until_it_is_silent);
}

void watch::hint() {
    const std::lock_guard lock(mutex_);
    hinted_ = true;
    changed_.notify_all();
}

void watch::later(errand e) {
    const std::lock_guard lock(mutex_);
    errands_.push_back(std::move(e));
    hinted_ = true;
    changed_.notify_all();
}

topic_answer watch::need(const std::vector<std::string>& topics, steady::time_point deadline) {
    std::vector<std::string> added;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& t : topics)
            if (topics_.insert(t).second) added.push_back(t);
    }
    topic_answer answer{what::away, "the transport is closed"};
    auto wait = until_it_is_away;
    do {
        const auto c = by_.connection();
        if (!c) break;
        answer = ensure(*c, options_, topics, std::min(deadline, steady::now() + wait));
        wait = until_it_is_silent;
    } while (answer.is == what::away && trouble_->text().empty() && steady::now() < deadline);
    if (answer.is == what::refused) {
        const std::lock_guard lock(mutex_);
        for (const auto& t : added) topics_.erase(t);
        return answer;
    }
    report(answer);
    if (answer.is == what::away) hint();
    return answer;
}

// While it is away the reason may change with each attempt: another one is told once a minute, or if it is
// that the broker is there and refuses.
void watch::report(const topic_answer& answer) {
    const bool refused = answer.is == what::refused || trouble_->refused();
    const auto why = answer.is == what::away ? trouble_->text() : std::string();
    {
        const std::lock_guard lock(mutex_);
        const bool is_down = answer.is != what::usable;
        if (is_down && told_down_ && !refused && steady::now() < tell_again_) return;
        told_down_ = is_down;
        tell_again_ = steady::now() + between_reasons;
    }
    if (answer.is == what::usable) {
        trouble_->clear();
        board_.set(0, {});
    } else {
        board_.set(0, {condition::down, why.empty() ? answer.why : why});
    }
}

bool watch::look(bool was_well, bool hinted) {
    std::vector<std::string> topics;
    if (!was_well || hinted) {
        const std::lock_guard lock(mutex_);
        topics.assign(topics_.begin(), topics_.end());
    }
    const bool is_known = was_well && !trouble_->text().empty();
    const auto c = by_.connection();
    const auto answer =
        c ? ensure(*c, options_, topics, steady::now() + (is_known ? until_it_is_away : patience()))
          : topic_answer{what::away, "the producer is made anew"};
    report(answer);
    if (answer.is == what::away) return false;
    const bool done = run_errands(); // also when some other topic is missing
    return done && answer.is == what::usable;
}

bool watch::run_errands() {
    std::vector<errand> all;
    {
        const std::lock_guard lock(mutex_);
        all.swap(errands_);
    }
    std::erase_if(all, [](const errand& e) { return e(); });
    const std::lock_guard lock(mutex_);
    errands_.insert(errands_.end(), std::make_move_iterator(all.begin()), std::make_move_iterator(all.end()));
    return errands_.empty();
}

void watch::run() {
    std::unique_lock lock(mutex_);
    bool well = true;
    while (!stopping_) {
        const auto news = [&] { return hinted_ || stopping_; };
        if (well) changed_.wait_for(lock, while_it_is_well, news);
        const bool hinted = std::exchange(hinted_, false);
        if (stopping_) break;
        lock.unlock();
        well = look(well, hinted);
        lock.lock();
        changed_.wait_for(lock, while_it_is_away, [&] { return stopping_; });
    }
}

} // namespace sagaflow::kafka
