#include "consumer.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/log.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

namespace sagaflow::kafka {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t push_at = 256; // messages that are not kept from their handlers any longer
constexpr std::size_t most_unacknowledged = 50'000; // of a partition, from the first one on
constexpr milliseconds until_it_leaves{500};        // without subscriptions: another one may come
constexpr milliseconds for_started_work{3'000};     // when partitions are asked back
constexpr milliseconds for_leaving{5'000};
constexpr milliseconds look_at_marks{100};
constexpr milliseconds look_closely{10};
constexpr milliseconds until_they_rest{200};
constexpr milliseconds until_made_anew{500};

// As an instance id may be: letters, digits, '.', '_', '-'. FNV-1a.
std::string fingerprint(std::string_view text) {
    std::uint64_t hash = 14'695'981'039'346'656'037u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4) out += digits[hash >> shift & 15];
    return out;
}

wire::carried carried_of(const rd_kafka_message_t& m) {
    wire::carried c;
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&m, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const auto count = rd_kafka_header_cnt(headers);
        c.headers.reserve(count);
        const char* name = nullptr;
        const void* value = nullptr;
        std::size_t size = 0;
        for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0; ++i) {
            const std::string_view text(value != nullptr ? static_cast<const char*>(value) : "", size);
            if (std::string_view(name) == "content-type") {
                c.content_type = text;
            } else {
                c.headers.add(name, text);
            }
        }
    }
    if (m.payload != nullptr) c.body.assign(static_cast<const char*>(m.payload), m.len);
    return c;
}

// Of an error.
std::int32_t partition_of(rd_kafka_event_t* e) {
    const std::unique_ptr<rd_kafka_topic_partition_t, void (*)(rd_kafka_topic_partition_t*)> found(
        rd_kafka_event_topic_partition(e), rd_kafka_topic_partition_destroy);
    return found ? found->partition : RD_KAFKA_PARTITION_UA;
}

} // namespace

std::string owner_instance(const std::string& address, const std::string& owner) {
    return owner_instances(address) + fingerprint(owner);
}

std::string owner_instances(const std::string& address) {
    return "sole-owner-of-" + fingerprint(address) + "-";
}

consumer::consumer(const transport_options& options, std::shared_ptr<const wire::envelope> envelope,
                   const subscription& what, transports::wakeup& w, std::shared_ptr<trouble> t, reaper& r,
                   listener told)
    : options_(options),
      envelope_(std::move(envelope)),
      address_(what.address),
      owned_(!what.sole_owner.empty()),
      wakeup_(w),
      told_(std::move(told)),
      assigned_(std::make_shared<assignment>(what.address)),
      group_(std::make_shared<transports::group>(
          std::numeric_limits<std::size_t>::max(),
          [to = assigned_](std::span<const std::uint64_t> origins) { to->acknowledge(origins); },
          what.types)) {
    make_client_ = [&options, &w, &r, t = std::move(t), address = what.address, group = what.group,
                    owner = what.sole_owner] {
        auto conf = make_conf(options, role::consumer);
        const auto set = [&](const char* name, const std::string& value) {
            rd_kafka_conf_set(conf.get(), name, value.c_str(), nullptr, 0);
        };
        set("group.id", address + "." + group);
        if (!owner.empty()) {
            set("group.instance.id", owner_instance(address, owner));
            set("client.id", owner);
        }
        return r.owner_of(std::make_unique<client>(role::consumer, std::move(conf), w, options.log, t));
    };
    client_ = make_client_();
}

void consumer::start() {
    const std::lock_guard lock(mutex_);
    if (stage_ != stage::member || !client_) return;
    stands_back_ = false;
    const partitions_handle topics(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(topics.get(), address_.c_str(), RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(client_->get(), topics.get());
}

bool consumer::is_member() const {
    const std::lock_guard lock(mutex_);
    return assigned_once_;
}

bool consumer::asks(std::uint64_t membership) const {
    const std::lock_guard lock(mutex_);
    return membership == membership_;
}

void consumer::own(std::uint64_t membership) {
    const std::lock_guard lock(mutex_);
    if (membership != membership_) return;
    owns_ = true;
    wakeup_.wake();
}

bool consumer::stand_back(std::uint64_t membership) {
    const std::lock_guard lock(mutex_);
    if (membership != membership_ || stage_ != stage::member || !client_) return false;
    stands_back_ = true;
    to_decline_ = true;
    ++membership_;
    rd_kafka_unsubscribe(client_->get());
    wakeup_.wake();
    return true;
}

bool consumer::stands_back() const {
    const std::lock_guard lock(mutex_);
    return stands_back_;
}

// Also when it has been started again meanwhile: what was offered before is to be answered.
bool consumer::takes_nothing() {
    const std::lock_guard lock(mutex_);
    return std::exchange(to_decline_, false) || stands_back_;
}

bool consumer::owns() const {
    const std::lock_guard lock(mutex_);
    return owns_;
}

void consumer::lose_membership() {
    const std::lock_guard lock(mutex_);
    owns_ = false;
    ++membership_;
}

bool consumer::join() {
    const std::lock_guard lock(mutex_);
    if (stage_ != stage::member) return false;
    leave_at_.reset();
    ++subscriptions_;
    return true;
}

void consumer::leave() {
    const std::lock_guard lock(mutex_);
    if (--subscriptions_ == 0) leave_at_ = steady::now() + (owned_ ? milliseconds(0) : until_it_leaves);
}

void consumer::stop() {
    const std::lock_guard lock(mutex_);
    leave_at_ = steady::now();
}

bool consumer::gone() const {
    const std::lock_guard lock(mutex_);
    return stage_ == stage::gone;
}

// Whether there may be more. Others on this thread are to be served too, and what waits must not grow.
bool consumer::take_events() {
    while (const auto e = client_->poll()) {
        switch (rd_kafka_event_type(e.get())) {
            case RD_KAFKA_EVENT_FETCH:
                while (const auto* m = rd_kafka_event_message_next(e.get())) take(*m);
                break;
            case RD_KAFKA_EVENT_REBALANCE:
                rebalance(e.get());
                break;
            case RD_KAFKA_EVENT_ERROR:
                take_error(rd_kafka_event_error(e.get()), rd_kafka_event_error_string(e.get()),
                           partition_of(e.get()));
                break;
            default:
                break;
        }
        if (batch_.size() >= push_at) return true;
    }
    return false;
}

milliseconds consumer::serve() {
    if (!client_) return serve_without_client();
    const bool is_left_there = behind_since_ && !resting_;
    const bool more = !is_left_there && take_events();
    if (offered_ && owns()) accept(*std::exchange(offered_, nullptr));
    if (takes_nothing()) decline();
    push();
    check_flow();
    if (revoked_until_ && (group_->unsettled() == 0 || steady::now() >= *revoked_until_)) give_back();
    store_marks();
    see_to_fetching();
    if (wants_to_leave()) {
        go_on_leaving();
    } else if (anew_at_ && steady::now() >= *anew_at_) {
        let_go();
        start_anew();
    }
    return more ? milliseconds(0) : next_look();
}

milliseconds consumer::serve_without_client() {
    if (gone()) return at_the_latest;
    if (wants_to_leave()) {
        finish();
    } else if (steady::now() >= *anew_at_) {
        start_anew();
    }
    return look_closely;
}

// An owner is fenced by itself when the broker died between its commit and its session's end: librdkafka
// takes its own former membership for another process.
void consumer::let_go() {
    log(options_.log, log_level::warn, "a Kafka consumer had to be made anew; what it had comes again",
        {{"topic", address_}});
    batch_.clear();
    group_->drop([](std::uint64_t) { return true; });
    paused_.clear();
    behind_since_.reset();
    resting_ = false;
    revoked_until_.reset();
    offered_.reset();
    lose_membership();
    assigned_->end();
    const std::lock_guard lock(mutex_);
    client_.reset();
}

// A file of a certificate may just be missing, say.
void consumer::start_anew() {
    try {
        auto made = make_client_();
        const std::lock_guard lock(mutex_);
        client_ = std::move(made);
    } catch (const error& e) {
        anew_at_ = steady::now() + until_made_anew;
        return told_.condition("the consumer of '" + address_ + "' can't be made anew: " + e.what());
    }
    anew_at_.reset();
    start();
}

void consumer::take(const rd_kafka_message_t& m) {
    if (m.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        take_error(m.err, rd_kafka_message_errstr(&m), m.partition);
        return;
    }
    if (revoked_until_) return; // it comes again, to whoever has its partition then
    fetching_.note_message();
    const auto origin = assigned_->add(m.partition, m.offset);
    delivery d{envelope_->read(carried_of(m)), transports::queue_tag{origin, 0}.packed()};
    d.content.address = address_;
    if (!d.content.type.empty() && !group_->takes(d.content.type)) {
        assigned_->acknowledge({&origin, 1});
    } else {
        batch_.push_back(std::move(d));
    }
}

void consumer::push() {
    if (!batch_.empty()) group_->push(std::exchange(batch_, {}));
}

void consumer::take_error(rd_kafka_resp_err_t err, const std::string& text, std::int32_t partition) {
    std::array<char, 512> why{};
    // Not each fatal error comes as one: of a commit it comes under its own code.
    const auto fatal = rd_kafka_fatal_error(client_->get(), why.data(), why.size());
    if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (!anew_at_) anew_at_ = steady::now() + until_made_anew;
        return told_.condition(
            fatal == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID
                ? "'" + address_ +
                      "' was taken over under the same owner and is taken back; if that goes on, "
                      "two processes have one owner: stop one"
                : "the consumer of '" + address_ + "' has failed: " + why.data());
    }
    switch (err) {
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART: // it was just made, or it is missing or was deleted
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
            return told_.missing();
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
        case RD_KAFKA_RESP_ERR__TRANSPORT:
        case RD_KAFKA_RESP_ERR__RESOLVE:
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR__SSL:
        case RD_KAFKA_RESP_ERR__TIMED_OUT:
            break; // of the connection: the watch sees to it
        default:
            fetching_.note(err, partition, steady::now());
            told_.condition("the consumer of '" + address_ + "' gets nothing: " + text);
    }
}

void consumer::see_to_fetching() {
    if (const auto denied = fetching_.take_denied(); !denied.empty()) ask_again(denied);
    if (fetching_.is_over(steady::now())) told_.condition({});
}

void consumer::ask_again(const std::set<std::int32_t>& denied) {
    const auto is_to_ask = [&](auto p, auto) { return denied.contains(p) && !paused_.contains(p); };
    if (const auto list = assigned_->choose(is_to_ask)) {
        rd_kafka_pause_partitions(client_->get(), list.get());
        rd_kafka_resume_partitions(client_->get(), list.get());
    }
}

void consumer::rebalance(rd_kafka_event_t* e) {
    auto* partitions = rd_kafka_event_topic_partition_list(e);
    if (rd_kafka_event_error(e) != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        revoke();
        return;
    }
    if (!owned_ || owns()) return accept(*partitions);
    offered_.reset(rd_kafka_topic_partition_list_copy(partitions));
    std::uint64_t membership = 0;
    {
        const std::lock_guard lock(mutex_);
        membership = membership_;
    }
    if (std::exchange(asked_for_, membership) != membership) told_.joined(membership);
}

// After it has unsubscribed: librdkafka does that only when what was offered is answered, with a list.
void consumer::decline() {
    if (!std::exchange(offered_, nullptr)) return;
    const partitions_handle nothing(rd_kafka_topic_partition_list_new(0));
    rd_kafka_assign(client_->get(), nothing.get());
}

void consumer::accept(const rd_kafka_topic_partition_list_t& partitions) {
    assigned_->begin(partitions);
    rd_kafka_assign(client_->get(), &partitions);
    fetching_.forget();
    told_.condition({});
    const std::lock_guard lock(mutex_);
    assigned_once_ = true;
}

// Others get what waits; what was handed out may be finished, for a while.
void consumer::revoke() {
    batch_.clear();
    group_->drop([](std::uint64_t) { return true; });
    if (const auto list = assigned_->choose([&](auto p, auto) { return paused_.contains(p); }))
        rd_kafka_resume_partitions(client_->get(), list.get());
    paused_.clear();
    behind_since_.reset();
    resting_ = false;
    offered_.reset();
    const bool lost = rd_kafka_assignment_lost(client_->get()) != 0;
    if (lost) lose_membership();
    revoked_until_ = steady::now() + (lost ? milliseconds(0) : for_started_work);
}

void consumer::give_back() {
    store_marks();
    revoked_until_.reset();
    assigned_->end();
    rd_kafka_assign(client_->get(), nullptr); // commits what is stored
}

// What is too much is left with librdkafka, which stops when it has enough; a partition that is paused loses
// what was fetched of it. But a rebalance comes behind that, so all partitions rest when it takes longer; one
// rests while too much of it waits for its first.
// librdkafka 2.0.2 goes back to an old message if one is resumed that was not paused
// (https://github.com/confluentinc/librdkafka/issues/4636).
void consumer::check_flow() {
    if (revoked_until_) return;
    const auto waiting = group_->waiting();
    if (waiting <= options_.waiting / 2 || (waiting < options_.waiting && !behind_since_)) {
        behind_since_.reset();
    } else if (!behind_since_) {
        behind_since_ = steady::now();
    }
    resting_ = behind_since_ && steady::now() >= *behind_since_ + until_they_rest;
    const auto rests = [&](std::int32_t partition, std::size_t span) {
        const auto most = paused_.contains(partition) ? most_unacknowledged / 2 : most_unacknowledged;
        return resting_ || span >= most;
    };
    const auto pause =
        assigned_->choose([&](auto p, auto span) { return rests(p, span) && !paused_.contains(p); });
    const auto resume =
        assigned_->choose([&](auto p, auto span) { return !rests(p, span) && paused_.contains(p); });
    if (pause) {
        rd_kafka_pause_partitions(client_->get(), pause.get());
        for (int i = 0; i < pause->cnt; ++i) paused_.insert(pause->elems[i].partition);
    }
    if (resume) {
        rd_kafka_resume_partitions(client_->get(), resume.get());
        for (int i = 0; i < resume->cnt; ++i) paused_.erase(resume->elems[i].partition);
    }
}

void consumer::store_marks() {
    if (!client_ || rd_kafka_assignment_lost(client_->get())) return;
    // Not for a partition that is lost meanwhile, which is no error: its messages come again.
    if (const auto marks = assigned_->take_marks()) rd_kafka_offsets_store(client_->get(), marks.get());
}

bool consumer::wants_to_leave() const {
    const std::lock_guard lock(mutex_);
    return leave_at_ && steady::now() >= *leave_at_;
}

// A static member, which an owner is, stays in its group for its session when it closes; but not when it
// unsubscribes before.
void consumer::go_on_leaving() {
    if (anew_at_) return finish();
    auto* kafka = client_->get();
    switch (stage_) {
        case stage::member: {
            const std::lock_guard lock(mutex_);
            give_up_ = steady::now() + for_leaving;
            stage_ = stage::unsubscribing;
            rd_kafka_unsubscribe(kafka);
            decline();
            break;
        }
        case stage::unsubscribing: {
            char* member = rd_kafka_memberid(kafka);
            const bool left = member == nullptr || *member == '\0';
            rd_kafka_mem_free(kafka, member);
            if (!left && steady::now() < give_up_) break;
            const error_handle failed(rd_kafka_consumer_close_queue(kafka, client_->redirect()));
            const std::lock_guard lock(mutex_);
            stage_ = stage::closing;
            break;
        }
        case stage::closing:
            if (rd_kafka_consumer_closed(kafka) != 0 || steady::now() >= give_up_) finish();
            break;
        case stage::gone:
            break;
    }
}

void consumer::finish() {
    const std::lock_guard lock(mutex_);
    client_.reset();
    stage_ = stage::gone;
}

milliseconds consumer::next_look() const {
    const std::lock_guard lock(mutex_);
    if (stage_ != stage::member || revoked_until_ || anew_at_ || behind_since_ || !paused_.empty())
        return look_closely;
    if (leave_at_) {
        const auto left = std::chrono::ceil<milliseconds>(*leave_at_ - steady::now());
        return std::clamp(left, milliseconds(1), at_the_latest);
    }
    return assigned_->idle() ? at_the_latest : look_at_marks;
}

} // namespace sagaflow::kafka
