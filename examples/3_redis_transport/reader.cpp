#include "reader.hpp"

#include "scripts.hpp"

#include <sagaflow/error.hpp>

#include <algorithm>
#include <random>

#include <unistd.h>

namespace redis {

namespace {

constexpr auto block = std::chrono::milliseconds(250); // so long is an acknowledgement late at most
constexpr std::size_t most_at_once = 256;

std::string new_name() {
    std::random_device random;
    return std::to_string(getpid()) + "-" + std::to_string(random()) + std::to_string(random());
}

class member_settler : public sagaflow::settler {
  public:
    member_settler(std::shared_ptr<group> g, std::shared_ptr<group::member> m)
        : group_(std::move(g)), member_(std::move(m)) {}
    void settle(std::span<const std::uint64_t> tags, verdict v) noexcept override {
        group_->settle(*member_, tags, v);
    }

  private:
    std::shared_ptr<group> group_;
    std::shared_ptr<group::member> member_;
};

} // namespace

reader::reader(const options& o, std::shared_ptr<const sagaflow::wire::envelope> by, health& told,
               sagaflow::subscription what)
    : options_(o),
      envelope_(std::move(by)),
      health_(told),
      what_(std::move(what)),
      part_("reader of " + what_.address + " for " + what_.group),
      name_(new_name()),
      owner_key_(what_.address + ":owner"),
      alive_key_prefix_(what_.address + ":alive:"),
      thread_([this] { run(); }) {}

reader::~reader() {
    leave();
    thread_.join();
    for (auto& m : members_) m.join();
}

void reader::leave() {
    group_->close();
    interrupt();
}

void reader::interrupt() {
    const std::lock_guard lock(mutex_);
    if (connection_ && group_->leaving() && !goodbye_) connection_->interrupt();
}

// [member]
bool reader::join(const sagaflow::subscription& what, sagaflow::delivery_handler handler) {
    const auto m = group_->join(what.prefetch, what.stop);
    if (!m) return false;
    const std::lock_guard lock(mutex_);
    members_.emplace_back([this, m, call = std::move(handler)]() mutable {
        begin_thread("sf-redis-call");
        {
            const std::stop_callback on_stop(m->stop, [this] {
                group_->wake();
                interrupt();
            });
            const auto settle = std::make_shared<member_settler>(group_, m);
            for (auto batch = group_->take(*m); !batch.empty(); batch = group_->take(*m))
                call(std::move(batch), settle);
        }
        call = nullptr; // with all that it holds
        group_->leave(m);
    });
    return true;
}
// [/member]

void reader::run() {
    begin_thread("sf-redis-read");
    backoff pause;
    while (!group_->leaving()) {
        try {
            connect();
            claim();
            arrive();
            let_in();
            health_.forget(part_);
            pause.reset();
            while (!group_->leaving()) read();
        } catch (const sagaflow::error& refused) {
            if (!answered_) let_in(std::current_exception());
            if (!group_->leaving()) health_.set(part_, health::condition::blocked, refused.what());
        } catch (const command_failed& why) {
            if (!group_->leaving()) health_.set(part_, health::condition::blocked, why.what());
        } catch (const connection_lost& why) {
            if (!group_->leaving()) health_.set(part_, health::condition::down, why.what());
        }
        let_in(); // it goes on trying
        if (!group_->leaving()) group_->wait_until_leaving(pause.next());
    }
    say_goodbye();
    health_.forget(part_);
    finished_ = true;
}

void reader::connect() {
    auto made = std::make_shared<connection>(options_);
    const std::lock_guard lock(mutex_);
    connection_ = std::move(made);
}

void reader::let_in(std::exception_ptr refused) {
    if (std::exchange(answered_, true)) return;
    if (refused) {
        group_->close();
        let_in_.set_exception(std::move(refused));
    } else {
        let_in_.set_value();
    }
}

reply reader::eval(const char* script, const std::string& key, const command& arguments) {
    command c = {"EVAL", script, "1", key};
    c.insert(c.end(), arguments.begin(), arguments.end());
    return connection_->run(c);
}

// [claim]
void reader::claim() {
    const auto owner =
        eval(scripts::claim, owner_key_, {what_.sole_owner, std::to_string(options_.lease.count())});
    if (owner->type != REDIS_REPLY_STRING) return;
    throw sagaflow::error(sagaflow::errc::in_use, "the address '" + what_.address + "' belongs to " +
                                                      std::string(owner->str, owner->len) +
                                                      ": stop that one first, or use another address");
}
// [/claim]

void reader::arrive() {
    next_renewal_ = {};
    renew();
    try { // from the first entry that there still is: what nobody took yet waits for who will
        connection_->run({"XGROUP", "CREATE", what_.address, what_.group, "0", "MKSTREAM"});
    } catch (const command_failed& why) {
        if (std::string(why.what()).find("BUSYGROUP") == std::string::npos) throw;
    }
    read_history();
}

// What Redis gave us and a connection lost on the way.
void reader::read_history() {
    for (std::string after = "0";;) {
        const auto answer = connection_->run({"XREADGROUP", "GROUP", what_.group, name_, "COUNT",
                                              std::to_string(most_at_once), "STREAMS", what_.address, after});
        if (answer->type != REDIS_REPLY_ARRAY || answer->elements == 0) return;
        const auto& entries = *answer->element[0]->element[1];
        if (entries.elements == 0) return;
        const auto& last = *entries.element[entries.elements - 1]->element[0];
        after.assign(last.str, last.len);
        push(entries);
    }
}

// [read]
void reader::read() {
    acknowledge();
    renew();
    const auto room = group_->wait_for_room(block);
    if (room == 0) return;
    const auto answer = connection_->run({"XREADGROUP", "GROUP", what_.group, name_, "COUNT",
                                          std::to_string(std::min(room, most_at_once)), "BLOCK",
                                          std::to_string(block.count()), "STREAMS", what_.address, ">"});
    if (answer->type == REDIS_REPLY_ARRAY && answer->elements == 1) push(*answer->element[0]->element[1]);
}
// [/read]

void reader::push(const redisReply& list) {
    group_->push(to_entries(list, what_.address, *envelope_), [&](const sagaflow::message& m) {
        return what_.types.empty() ||
               std::find(what_.types.begin(), what_.types.end(), m.type) != what_.types.end();
    });
}

void reader::renew() {
    const auto now = clock::now();
    if (now < next_renewal_) return;
    next_renewal_ = now + std::min<clock::duration>(options_.lease / 4, std::chrono::milliseconds(500));
    connection_->run({"SET", alive_key_prefix_ + name_, "1", "PX", std::to_string(options_.lease.count())});
    if (!what_.sole_owner.empty()) claim();
    if (!group_->leaving()) take_over();
}

void reader::take_over() {
    const auto room = group_->wait_for_room({});
    if (room == 0) return;
    const auto taken =
        eval(scripts::take_over, what_.address,
             {what_.group, name_, alive_key_prefix_, std::to_string(std::min(room, most_at_once))});
    push(*taken);
    if (taken->elements > 0) next_renewal_ = {}; // there may be more
    eval(scripts::trim, what_.address, {});
}

// [acknowledge]
void reader::acknowledge() {
    auto ids = group_->acknowledged();
    if (ids.empty()) return;
    command c = {"XACK", what_.address, what_.group};
    c.insert(c.end(), ids.begin(), ids.end());
    try {
        connection_->run(c);
        group_->forget(ids);
    } catch (...) {
        group_->acknowledge_again(std::move(ids)); // on the next connection
        throw;
    }
}
// [/acknowledge]

// The address is free at once, what is not settled when the handlers have returned. If Redis is away the
// leases end by themselves, and what was not acknowledged comes again.
void reader::say_goodbye() {
    {
        const std::lock_guard lock(mutex_);
        goodbye_ = true;
        connection_.reset(); // it was interrupted
    }
    const auto talk = [&](const auto& lines) {
        try {
            if (!connection_) connect();
            lines();
        } catch (const std::runtime_error&) {
            const std::lock_guard lock(mutex_);
            connection_.reset();
        }
    };
    talk([&] {
        if (!what_.sole_owner.empty()) eval(scripts::release, owner_key_, {what_.sole_owner});
    });
    released_.set_value();
    const auto lease = std::to_string(options_.lease.count());
    while (!group_->wait_until_empty(options_.lease / 4))
        talk([&] { connection_->run({"PEXPIRE", alive_key_prefix_ + name_, lease}); });
    talk([&] {
        acknowledge();
        connection_->run({"DEL", alive_key_prefix_ + name_});
    });
}

} // namespace redis
