#include "client.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/log.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include <pthread.h>

namespace sagaflow::kafka {

namespace {

constexpr int events = RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_REBALANCE |
                       RD_KAFKA_EVENT_OFFSET_COMMIT | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG;

// On one of librdkafka's threads: it is the only way to learn what is wrong with a certificate.
int verify_certificate(rd_kafka_t*, const char*, std::int32_t, int* x509_error, int, const char*, std::size_t,
                       char* why, std::size_t size, void* opaque) {
    if (*x509_error == 0) return 1;
    static_cast<trouble*>(opaque)->note_certificate(*x509_error);
    constexpr std::string_view text = "it can't be trusted";
    why[text.copy(why, size - 1)] = '\0';
    return 0;
}

log_level level_of(int syslog, std::string_view facility) {
    if (facility == "CONFWARN") return log_level::debug; // a property of producers, on a consumer
    // Of connections, again and again while the broker is away: health tells that, once.
    constexpr std::array told_by_health = {"FAIL", "ERROR", "REQTMOUT", "GETPID", "SESSTMOUT"};
    if (std::find(told_by_health.begin(), told_by_health.end(), facility) != told_by_health.end())
        return log_level::debug;
    if (syslog <= 3) return log_level::error;
    if (syslog == 4) return log_level::warn;
    return syslog <= 6 ? log_level::info : log_level::debug;
}

} // namespace

client::client(role r, conf_handle conf, transports::wakeup& w, log_sink* log, std::shared_ptr<trouble> t)
    : wakeup_(w), log_(log), trouble_(std::move(t)) {
    rd_kafka_conf_set_events(conf.get(), events);
    rd_kafka_conf_set_opaque(conf.get(), trouble_.get());
    rd_kafka_conf_set_ssl_cert_verify_cb(conf.get(), verify_certificate);
    std::array<char, 512> why{};
    kafka_ = rd_kafka_new(type_of(r), conf.get(), why.data(), why.size());
    if (kafka_ == nullptr)
        throw error(errc::invalid_argument,
                    std::string("librdkafka does not accept its configuration: ") + why.data());
    [[maybe_unused]] const auto* owned = conf.release();
    if (r == role::consumer) {
        rd_kafka_poll_set_consumer(kafka_);
        queue_.reset(rd_kafka_queue_get_consumer(kafka_));
    } else {
        queue_.reset(rd_kafka_queue_get_main(kafka_));
    }
    rd_kafka_set_log_queue(kafka_, queue_.get());
    wake_by(queue_.get());
}

client::~client() {
    silence();
    last_queue_.reset();
    queue_.reset();
    rd_kafka_destroy_flags(kafka_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

void client::wake_by(rd_kafka_queue_t* q) {
    rd_kafka_queue_io_event_enable(q, wakeup_.descriptor(), &transports::wakeup::one,
                                   sizeof transports::wakeup::one);
}

rd_kafka_queue_t* client::redirect() {
    last_queue_.reset(rd_kafka_queue_new(kafka_));
    wake_by(last_queue_.get());
    return last_queue_.get();
}

void client::silence() {
    for (auto* q : {queue_.get(), last_queue_.get()})
        if (q != nullptr) rd_kafka_queue_io_event_enable(q, -1, nullptr, 0);
}

event_handle client::poll() {
    auto e = poll(queue_.get());
    if (!e && last_queue_) e = poll(last_queue_.get());
    return e;
}

event_handle client::poll(rd_kafka_queue_t* q) {
    for (;;) {
        event_handle e(rd_kafka_queue_poll(q, 0));
        if (!e) return e;
        if (rd_kafka_event_type(e.get()) == RD_KAFKA_EVENT_LOG) {
            write_log(e.get());
            continue;
        }
        if (rd_kafka_event_type(e.get()) == RD_KAFKA_EVENT_ERROR)
            trouble_->note(rd_kafka_event_error(e.get()), rd_kafka_event_error_string(e.get()));
        return e;
    }
}

void client::write_log(rd_kafka_event_t* e) const {
    const char* facility = nullptr;
    const char* text = nullptr;
    int level = 0;
    if (rd_kafka_event_log(e, &facility, &text, &level) != 0) return;
    log(log_, level_of(level, facility), text, {{"librdkafka", facility}, {"client", rd_kafka_name(kafka_)}});
}

struct reaper::shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t running = 0;
};

std::shared_ptr<reaper::shared> reaper::make() {
    return std::make_shared<shared>();
}

std::shared_ptr<client> reaper::owner_of(std::unique_ptr<client> c) const {
    return {c.release(), [s = shared_](client* last) {
                last->silence();
                {
                    const std::lock_guard lock(s->mutex);
                    ++s->running;
                }
                std::thread([s, last] {
                    pthread_setname_np(pthread_self(), "sf-kafka-end");
                    delete last;
                    const std::lock_guard lock(s->mutex);
                    --s->running;
                    s->changed.notify_all();
                }).detach();
            }};
}

bool reaper::wait(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(shared_->mutex);
    return shared_->changed.wait_until(lock, deadline, [&] { return shared_->running == 0; });
}

} // namespace sagaflow::kafka
