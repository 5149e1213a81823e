// The transport over Kafka: its parts, and its one thread that serves them.
#include "../shared/consumer.hpp"
#include "../shared/health_board.hpp"
#include "../shared/making.hpp"
#include "../shared/ownership.hpp"
#include "consumer.hpp"
#include "owners.hpp"
#include "publisher.hpp"
#include "watch.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/kafka.hpp>
#include <sagaflow/log.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include <pthread.h>

namespace sagaflow::kafka {

namespace {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;
using place = std::pair<std::string, std::string>; // address and group

constexpr milliseconds between_looks{20};

std::string not_known(const std::string& address, const std::string& why) {
    return "'" + address + "' gets nothing until it is known whether it belongs to somebody: " + why;
}

class transport_impl final : public transport {
  public:
    explicit transport_impl(transport_options options);
    ~transport_impl() override { close(); }

    void open(std::vector<std::string> addresses, health_handler on_health) override;
    void publish(std::vector<message> batch, publish_handler done) override {
        publisher_->publish(std::move(batch), std::move(done));
    }
    void consume(subscription what, delivery_handler handler) override;
    void close() override;

    // Whether this is a thread that the destructor waits for.
    bool is_own_thread() const {
        return std::this_thread::get_id() == io_.get_id() || watch_.is_own_thread();
    }

  private:
    void run();
    void require_open() const;
    std::shared_ptr<consumer> join(const subscription& what);
    std::shared_ptr<consumer> find(const place& at);
    std::shared_ptr<consumer> make_consumer(const subscription& what);
    std::optional<std::string> other_owner(const subscription& what, bool& known);
    void start_later(const subscription& what, std::weak_ptr<consumer> who);
    void look_again(const subscription& what, std::uint64_t membership);
    void look_for_topic(const place& of);
    std::string condition_of(const place& at);
    void set_condition(const place& of, const std::string& what);
    void forget_finished();
    void leave_groups(steady::time_point deadline);

    const transport_options options_;
    const std::shared_ptr<const wire::envelope> envelope_;
    transports::wakeup wakeup_;
    reaper reaper_;
    transports::health_board board_{2}; // the broker, and the consumers
    std::atomic<watch*> hinted_{nullptr};
    const std::shared_ptr<trouble> trouble_;
    const std::shared_ptr<publisher> publisher_;
    watch watch_;

    std::mutex conditions_told_; // first of the two; so that the last one told is the last there is
    std::mutex consuming_;       // one consume() at a time
    std::mutex mutex_;           // of these
    std::map<place, std::shared_ptr<consumer>> consumers_;
    std::map<place, std::string> conditions_;
    std::set<place> looked_for_;                              // their topics were not there
    std::map<std::string, std::vector<subscription>> owners_; // by address
    std::vector<std::unique_ptr<transports::consumer>> subscriptions_;

    std::atomic<bool> closed_{false};
    std::mutex closing_; // held while a close() waits, so that another one waits too
    std::atomic<bool> stopping_{false};
    std::thread io_;
};

transport_impl::transport_impl(transport_options options)
    : options_(transports::checked(std::move(options), "Kafka")),
      envelope_(transports::envelope_of(options_, "ce_")),
      trouble_(std::make_shared<trouble>([this] {
          if (auto* w = hinted_.load()) w->hint();
      })),
      publisher_(std::make_shared<publisher>(options_, envelope_, wakeup_, trouble_, reaper_)),
      watch_(options_, *publisher_, board_, trouble_) {
    hinted_ = &watch_;
    board_.set(1, {});
    io_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "sf-kafka");
        run();
    });
}

void transport_impl::run() {
    while (!stopping_) {
        std::vector<std::shared_ptr<served>> all = {publisher_};
        std::vector<place> left;
        {
            const std::lock_guard lock(mutex_);
            std::erase_if(consumers_, [&](const auto& c) {
                if (c.second->gone()) left.push_back(c.first);
                return c.second->gone();
            });
            for (const auto& [at, c] : consumers_) all.push_back(c);
        }
        for (const auto& at : left) set_condition(at, {});
        auto wait = at_the_latest;
        for (const auto& one : all) wait = std::min(wait, one->serve());
        wakeup_.wait(wait);
    }
}

void transport_impl::require_open() const {
    if (closed_) throw error(errc::stopped, "the transport is closed: make a new one");
}

void transport_impl::open(std::vector<std::string> addresses, health_handler on_health) {
    for (const auto& a : addresses) check_address(a);
    if (!closed_) {
        const auto answer = watch_.need(addresses, steady::now() + options_.request_timeout);
        if (answer.is == topic_answer::what::refused && !closed_)
            throw error(errc::invalid_argument, answer.why);
    }
    board_.add(std::move(on_health));
}

void transport_impl::consume(subscription what, delivery_handler handler) {
    check_address(what.address);
    const std::lock_guard one(consuming_);
    require_open();
    forget_finished();
    auto& owners = owners_[what.address];
    auto with_newcomer = owners;
    transports::check_ownership(with_newcomer, what);
    const auto to = join(what);
    const auto leave = [to] { to->leave(); };
    try {
        const std::lock_guard lock(mutex_); // close() ends it, or it does not begin
        require_open();
        subscriptions_.push_back(
            std::make_unique<transports::consumer>(what, to->local(), std::move(handler), "sf-kfk-", leave));
        owners = std::move(with_newcomer);
    } catch (...) {
        to->leave();
        throw;
    }
}

std::shared_ptr<consumer> transport_impl::join(const subscription& what) {
    const place at{what.address, what.group};
    while (const auto there = find(at)) {
        require_open();
        if (there->join()) return there;
        std::this_thread::sleep_for(between_looks); // it is leaving: a new one takes its place
    }
    const auto made = make_consumer(what);
    made->join();
    {
        const std::lock_guard lock(mutex_);
        require_open();
        consumers_[at] = made;
    }
    wakeup_.wake();
    // From when it is a member on, others are refused.
    const auto give_up = steady::now() + options_.request_timeout;
    while (!what.sole_owner.empty() && !made->is_member() && !closed_ && steady::now() < give_up) {
        if (made->stands_back()) {
            made->leave();
            throw error(errc::in_use, condition_of(at));
        }
        std::this_thread::sleep_for(between_looks);
    }
    return made;
}

std::shared_ptr<consumer> transport_impl::find(const place& at) {
    const std::lock_guard lock(mutex_);
    const auto found = consumers_.find(at);
    return found == consumers_.end() ? nullptr : found->second;
}

std::shared_ptr<consumer> transport_impl::make_consumer(const subscription& what) {
    const auto answer = watch_.need({what.address}, steady::now() + options_.request_timeout);
    if (answer.is == topic_answer::what::refused) throw error(errc::invalid_argument, answer.why);
    bool known = false;
    if (answer.is == topic_answer::what::usable) {
        if (const auto other = other_owner(what, known))
            throw error(errc::in_use, transports::belongs_to(*other, what.address));
    }
    require_open();
    const place at{what.address, what.group};
    consumer::listener told;
    told.condition = [this, at](const std::string& how) { set_condition(at, how); };
    told.missing = [this, at] { look_for_topic(at); };
    told.joined = [this, what](std::uint64_t membership) { look_again(what, membership); };
    auto made =
        std::make_shared<consumer>(options_, envelope_, what, wakeup_, trouble_, reaper_, std::move(told));
    if (known) {
        made->start();
    } else {
        start_later(what, made);
    }
    return made;
}

// Whoever has died counts as there until its session is over: an owner waits for that, since it may be the
// same engine with a new store.
std::optional<std::string> transport_impl::other_owner(const subscription& what, bool& known) {
    const auto give_up =
        steady::now() +
        (what.sole_owner.empty() ? milliseconds(0) : options_.session_timeout + milliseconds(1'000));
    for (;; std::this_thread::sleep_for(between_looks)) {
        require_open();
        const auto c = publisher_->connection();
        if (!c) return std::nullopt;
        const auto answer = find_other_owner(*c, what, steady::now() + options_.request_timeout);
        known = answer.known;
        if (!answer.known || !answer.owner || steady::now() >= give_up) return answer.owner;
    }
}

void transport_impl::start_later(const subscription& what, std::weak_ptr<consumer> who) {
    watch_.later([this, what, who = std::move(who)] {
        const auto waiting = who.lock();
        const auto c = publisher_->connection();
        if (!waiting || !c) return !waiting;
        const auto answer = find_other_owner(*c, what, steady::now() + watch_.patience());
        if (!answer.known) {
            set_condition({what.address, what.group}, not_known(what.address, answer.why));
            return false;
        }
        if (answer.owner) {
            set_condition({what.address, what.group}, transports::belongs_to(*answer.owner, what.address));
            return false;
        }
        set_condition({what.address, what.group}, {});
        waiting->start();
        return true;
    });
}

// Two owners may have found nobody, and have joined at the same time; and one that was silent for longer than
// its session comes back when another has taken its place. Whoever finds nobody as a member is the owner:
// those who join later find it. Whoever finds somebody goes, of two that do the one that goes first.
void transport_impl::look_again(const subscription& what, std::uint64_t membership) {
    const place at{what.address, what.group};
    const auto goes_by_now = steady::now() + options_.session_timeout + milliseconds(1'000);
    watch_.later([this, what, membership, at, goes_by_now] {
        const auto member = find(at);
        if (!member || !member->asks(membership)) return true;
        const auto c = publisher_->connection();
        if (!c) return false;
        const auto answer = find_other_owner(*c, what, steady::now() + watch_.patience());
        if (!answer.known) {
            set_condition(at, not_known(what.address, answer.why));
            return false;
        }
        if (!answer.owner) {
            member->own(membership);
            return true;
        }
        if (answer.goes_first && steady::now() < goes_by_now) return false;
        set_condition(at, transports::belongs_to(*answer.owner, what.address));
        if (member->stand_back(membership)) start_later(what, member);
        return true;
    });
}

// Its own topology is seen to before: what is missing then is somebody else's to make.
void transport_impl::look_for_topic(const place& of) {
    {
        const std::lock_guard lock(mutex_);
        if (!looked_for_.insert(of).second) return;
    }
    watch_.later([this, of] {
        const auto c = publisher_->connection();
        if (!c) return false;
        const auto text = "the topic '" + of.first + "' is not there: make it";
        const bool over = is_there(*c, of.first, steady::now() + milliseconds(1'000)) || !find(of);
        bool told = false;
        {
            const std::lock_guard lock(mutex_);
            if (over) looked_for_.erase(of);
            told = conditions_[of] == text;
        }
        if (over == told) set_condition(of, over ? "" : text);
        return over;
    });
}

std::string transport_impl::condition_of(const place& at) {
    const std::lock_guard lock(mutex_);
    return conditions_[at];
}

void transport_impl::set_condition(const place& of, const std::string& what) {
    const std::lock_guard order(conditions_told_);
    std::string worst;
    {
        const std::lock_guard lock(mutex_);
        if (!what.empty() && !consumers_.contains(of)) return; // it has left
        conditions_[of] = what;
        for (const auto& [at, how] : conditions_)
            if (!how.empty()) worst = how;
    }
    if (worst.empty()) {
        board_.set(1, {});
    } else {
        board_.set(1, {transport_health::condition::down, worst});
    }
}

void transport_impl::forget_finished() {
    std::vector<std::unique_ptr<transports::consumer>> finished;
    const std::lock_guard lock(mutex_);
    finished = transports::take_finished(subscriptions_);
}

void transport_impl::close() {
    const std::lock_guard waits(closing_);
    std::vector<std::unique_ptr<transports::consumer>> subscriptions;
    {
        const std::lock_guard lock(mutex_);
        if (closed_.exchange(true)) return;
        subscriptions.swap(subscriptions_);
    }
    publisher_->close();
    for (const auto& s : subscriptions) s->stop();
    subscriptions.clear();
    const auto deadline = steady::now() + options_.close_timeout;
    watch_.stop();
    leave_groups(deadline);
    watch_.join();
    stopping_ = true;
    wakeup_.wake();
    io_.join();
    if (!reaper_.wait(deadline))
        log(options_.log, log_level::warn, "librdkafka does not end; the transport is closed without it");
    board_.close();
}

void transport_impl::leave_groups(steady::time_point deadline) {
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [at, c] : consumers_) c->stop();
    }
    wakeup_.wake();
    for (;; std::this_thread::sleep_for(milliseconds(2))) {
        const std::lock_guard lock(mutex_);
        if (consumers_.empty() || steady::now() >= deadline) return;
    }
}

} // namespace

std::shared_ptr<sagaflow::transport> make_transport(transport_options options) {
    return transports::shared_with_its_threads(std::make_unique<transport_impl>(std::move(options)));
}

} // namespace sagaflow::kafka
