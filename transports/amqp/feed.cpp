#include "feed.hpp"

#include "owner_lock.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace sagaflow::amqp {

namespace {

constexpr auto unbounded = std::numeric_limits<std::size_t>::max(); // the broker keeps to the prefetch

} // namespace

feed::feed(const transport_options& options, const wire::envelope& envelope, subscription what,
           std::shared_ptr<transports::wakeup> wake)
    : options_(options),
      envelope_(envelope),
      what_(std::move(what)),
      queue_(queue_of(what_)),
      members_(std::make_shared<transports::group>(
          unbounded,
          [to = settled_, w = std::move(wake)](std::span<const std::uint64_t> origins) {
              {
                  const std::lock_guard lock(to->mutex);
                  to->origins.insert(to->origins.end(), origins.begin(), origins.end());
              }
              w->wake();
          })),
      owner_(what_.sole_owner),
      assembly_(options.message_bytes),
      backoff_(options.first_reconnect, options.last_reconnect),
      after_break_(options.last_reconnect, 12 * options.last_reconnect) {}

void feed::welcome(const subscription& newcomer) {
    if (members_->prefetch() == 0) what_.types = newcomer.types;
}

void feed::prepare(questions& ask, const topology_keeper& topology, const std::string& owner) {
    if (owner.empty()) {
        check_unowned(ask, what_.address);
    } else {
        owner_ = owner;
        own(ask, what_.address, owner);
        owned_ = true;
    }
    topology.prepare(ask, what_, made);
}

void feed::open(connection& c, std::uint16_t channel) {
    c.open_channel(channel);
    channel_ = channel;
    cancelled_ = false;
    look_at_ = std::chrono::steady_clock::now() + options_.heartbeat;
    backoff_.reset();
    trouble_.clear();
}

void feed::look_again(questions& ask, const topology_keeper& topology) {
    look_at_ = std::chrono::steady_clock::now() + options_.heartbeat;
    topology.prepare(ask, what_, made);
    trouble_.clear();
}

void feed::adjust(connection& c) {
    constexpr std::size_t most = std::numeric_limits<std::uint16_t>::max();
    const auto wanted = std::min(members_->prefetch(), most);
    if (wanted == prefetch_) return;
    if (prefetch_ > 0) { // a consumer keeps the prefetch that it began with; none may have its name again
        c.call<amqp_basic_cancel_ok_t>(channel_, AMQP_BASIC_CANCEL_METHOD, AMQP_BASIC_CANCEL_OK_METHOD,
                                       amqp_basic_cancel_t{bytes(consumer_tag_), 0});
        prefetch_ = 0;
    }
    if (wanted == 0) return;
    amqp_basic_qos_t qos{};
    qos.prefetch_count = static_cast<std::uint16_t>(wanted);
    c.call<amqp_basic_qos_ok_t>(channel_, AMQP_BASIC_QOS_METHOD, AMQP_BASIC_QOS_OK_METHOD, qos);
    amqp_basic_consume_t consume{};
    consume.queue = bytes(queue_);
    consumer_tag_ = "sagaflow-" + std::to_string(++consumers_begun_);
    consume.consumer_tag = bytes(consumer_tag_);
    c.call<amqp_basic_consume_ok_t>(channel_, AMQP_BASIC_CONSUME_METHOD, AMQP_BASIC_CONSUME_OK_METHOD,
                                    consume);
    prefetch_ = wanted;
    after_break_.reset();
}

void feed::take(connection& c, const amqp_frame_t& frame) {
    if (frame.frame_type == AMQP_FRAME_METHOD && !assembly::begins(frame.payload.method.id)) {
        if (frame.payload.method.id == AMQP_BASIC_CANCEL_METHOD) cancelled_ = true;
        return;
    }
    if (auto one = assembly_.take(frame)) take_content(c, std::move(*one));
}

void feed::take_content(connection& c, content&& one) {
    if (one.how != AMQP_BASIC_DELIVER_METHOD) return;
    if (!settlements_.delivered(one.delivery_tag)) throw bad_frame("deliveries are not numbered in order");
    last_ = before_ + one.delivery_tag;
    if (one.too_large) { // RabbitMQ makes it a dead letter, whole
        settlements_.rejected(one.delivery_tag);
        c.send(channel_, AMQP_BASIC_REJECT_METHOD, amqp_basic_reject_t{one.delivery_tag, 0});
        return;
    }
    auto m = envelope_.read(std::move(one.message));
    m.address = what_.address;
    came_.push_back({std::move(m), transports::queue_tag{last_, 0}.packed()});
}

void feed::work(connection& c) {
    if (!came_.empty()) members_->push(std::exchange(came_, {}));
    acknowledge(c);
}

void feed::acknowledge(connection& c) {
    std::vector<std::uint64_t> origins;
    {
        const std::lock_guard lock(settled_->mutex);
        origins.swap(settled_->origins);
    }
    for (const auto origin : origins)
        if (origin > before_) settlements_.acknowledged(origin - before_);
    for (const auto& [tag, multiple] : settlements_.take())
        c.send(channel_, AMQP_BASIC_ACK_METHOD, amqp_basic_ack_t{tag, multiple ? 1 : 0});
}

void feed::close(connection& c, questions& ask) {
    if (open()) {
        acknowledge(c);
        c.close_channel(channel_);
    }
    lost();
    if (std::exchange(owned_, false)) disown(ask, what_.address);
}

void feed::lost() {
    channel_ = 0;
    prefetch_ = 0;
    came_.clear();
    settlements_ = {};
    assembly_ = assembly(options_.message_bytes);
    before_ = last_;
    members_->drop([last = last_](std::uint64_t origin) { return origin <= last; });
}

void feed::broke(const std::string& why) {
    trouble_ = "whoever consumes from it loses the connection (" + why +
               "): if that lasts, it has no leader: delete it, and it is made again";
    retry_at_ = std::chrono::steady_clock::now() + after_break_.next();
}

void feed::failed(const std::string& why) {
    trouble_ = why;
    retry_at_ = std::chrono::steady_clock::now() + backoff_.next();
}

} // namespace sagaflow::amqp
