#include "support/bench.hpp"

#include <algorithm>
#include <utility>

namespace sagaflow::test {

struct desk::shared {
    std::shared_ptr<transport> bus;
    clerk decide;
    mutable std::mutex mutex;
    mutable std::condition_variable changed;
    std::vector<std::string> seen;

    void take(std::vector<delivery> batch, const std::shared_ptr<settler>& from) {
        std::vector<message> answers;
        std::vector<std::uint64_t> tags;
        for (auto& d : batch) {
            tags.push_back(d.tag);
            if (auto answer = decide(d.content)) answers.push_back(std::move(*answer));
            const std::lock_guard lock(mutex);
            seen.push_back(d.content.id);
            changed.notify_all();
        }
        if (!answers.empty()) bus->publish(std::move(answers), nullptr);
        from->settle(tags, settler::verdict::acknowledge);
    }
};

desk::desk(std::shared_ptr<transport> bus, clerk decide) : shared_(std::make_shared<shared>()) {
    shared_->bus = bus;
    shared_->decide = std::move(decide);
    subscription s;
    s.address = "desk";
    s.group = "desk";
    s.stop = stop_.get_token();
    bus->consume(std::move(s), [to = shared_](std::vector<delivery> batch, const auto& from) {
        to->take(std::move(batch), from);
    });
}

desk::~desk() {
    stop_.request_stop();
}

std::vector<std::string> desk::seen() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->seen;
}

void desk::wait_for(std::size_t count) const {
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait(lock, [&] { return shared_->seen.size() >= count; });
}

message success(const message& command) {
    message m;
    m.address = command.reply_to;
    m.id = command.id + "/reply";
    m.source = "desk";
    m.type = command.type;
    m.kind = message_kind::reply;
    m.saga_id = command.saga_id;
    m.saga_type = command.saga_type;
    m.step = command.step;
    m.causation_id = command.id;
    m.body = "{}";
    return m;
}

message rejection_of(const message& command, const std::string& reason) {
    auto m = success(command);
    m.outcome = reply_outcome::rejected;
    m.body = R"({"reason":")" + reason + R"("})";
    return m;
}

void log_lines::write(log_level level, std::string_view message, std::span<const log_field> fields) noexcept {
    std::string line = std::string(to_string(level)) + ": " + std::string(message);
    for (const auto& f : fields) line += " " + std::string(f.key) + "=" + std::string(f.value);
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
}

namespace {

const std::string* line_with(const std::vector<std::string>& lines, std::string_view text) {
    for (const auto& l : lines)
        if (l.find(text) != std::string::npos) return &l;
    return nullptr;
}

} // namespace

std::string log_lines::wait_for(std::string_view text) const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return line_with(lines_, text) != nullptr; });
    return *line_with(lines_, text);
}

bool log_lines::has(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    return line_with(lines_, text) != nullptr;
}

bench::bench() = default;

bench::~bench() {
    disk->open_gate();
    sagas.reset();
    bus->close();
}

engine_options bench::options() const {
    engine_options o;
    o.name = "travel";
    o.store = disk;
    o.transports = {bus};
    o.log = lines;
    o.on_alert = [to = alerts](const alert& a) { to->put(a); };
    return o;
}

void bench::run(const engine_options& with) {
    sagas = std::make_unique<engine>(with);
    trips = sagas->host(a_trip());
    walks = sagas->host(a_walk());
    sagas->start();
    disk->wait_for_definitions(2); // so that no commit of this test's own is mistaken for that one
}

std::vector<event> follow(engine& from, const std::string& id, watch_options options) {
    std::vector<event> all;
    for (const auto& e : from.watch(id, options)) all.push_back(e);
    return all;
}

event await(engine& from, const std::string& id, event_kind kind) {
    for (const auto& e : from.watch(id))
        if (e.kind == kind) return e;
    throw error(errc::not_found, "saga '" + id + "' ended without the event that was waited for");
}

store_error transient_error() {
    return {store_error::kind::transient, errc::io, "the disk is full"};
}

store_error permanent_error() {
    return {store_error::kind::permanent, errc::corrupt, "the file is damaged"};
}

double value_of(const engine& of, const std::string& metric_name, const std::string& label) {
    for (const auto& m : of.metrics()) {
        const bool fits = label.empty() || std::any_of(m.labels.begin(), m.labels.end(),
                                                       [&](const auto& l) { return l.second == label; });
        if (m.name == metric_name && fits) return m.value;
    }
    throw error(errc::not_found, "there is no metric " + metric_name + " " + label);
}

std::string reason_of(const health_report& report, const std::string& part) {
    for (const auto& p : report.parts)
        if (p.name == part) return p.reason;
    throw error(errc::not_found, "there is no part " + part);
}

} // namespace sagaflow::test
