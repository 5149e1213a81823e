// Ten thousand clients, each following a saga of its own that has one event a second: how long after an event
// is durable has its client got it, and what does a client cost the server in memory? The clients run on the
// same machine.
#include "benchmarks.hpp"
#include "paced_transport.hpp"
#include "report.hpp"
#include "sse_clients.hpp"

#include <sagaflow/engine.hpp>
#include <sagaflow/http_saga.hpp>
#include <sagaflow/json.hpp>
#include <sagaflow/sqlite.hpp>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>
#include <utility>

#include <malloc.h>
#include <unistd.h>

namespace bench {
namespace {

using namespace std::chrono_literals;

struct signup {
    std::string user_id;
    std::uint64_t seconds = 0;
};
BOOST_DESCRIBE_STRUCT(signup, (), (user_id, seconds))

struct tick {
    static constexpr std::string_view type = "clock.tick";
    using reply = sagaflow::nothing;
};
BOOST_DESCRIBE_STRUCT(tick, (), ())

struct signup_status {
    std::string userId, userStatus, chatStatus, customerStatus;
    std::uint64_t seconds = 0;
};
BOOST_DESCRIBE_STRUCT(signup_status, (), (userId, userStatus, chatStatus, customerStatus, seconds))

constexpr std::size_t steps = 30; // and so many seconds a saga lives

sagaflow::step<signup, tick> step_number(std::size_t n) {
    return {.name = "s" + std::to_string(n),
            .send = [](const signup&) { return tick{}; },
            .on_reply = [](signup& s, const sagaflow::nothing&) { ++s.seconds; },
            .compensate = sagaflow::nothing_to_compensate,
            .timeout = 1h};
}

signup_status status_of(const sagaflow::view<signup>& v) {
    return {v.state().user_id, "USER_INSERT", "PENDING", "PENDING", v.state().seconds};
}

sagaflow::saga<signup> definition() {
    return [&]<std::size_t... N>(std::index_sequence<N...>) {
        return sagaflow::saga<signup>{.name = "user-signup",
                                      .version = 1,
                                      .stages = sagaflow::stages(step_number(N)...),
                                      .status = status_of};
    }
    (std::make_index_sequence<steps>());
}

// Notes on the board when each event became durable.
class stamping_store final : public sagaflow::store {
  public:
    stamping_store(std::shared_ptr<sagaflow::store> inner, board& b) : inner_(std::move(inner)), board_(b) {}

    sagaflow::ownership claim(std::uint32_t shard, const std::string& owner) override {
        return inner_->claim(shard, owner);
    }
    void commit(const sagaflow::batch& b) override {
        inner_->commit(b);
        const auto now = board::now();
        for (const auto& e : b.events) {
            if (e.seq < board::most_events) board_.durable_at[e.seq] = now;
        }
    }
    std::vector<std::optional<sagaflow::saga_row>> load(std::span<const std::string> ids) override {
        return inner_->load(ids);
    }
    sagaflow::saga_page list(const sagaflow::saga_filter& filter, std::uint64_t after) override {
        return inner_->list(filter, after);
    }
    std::vector<sagaflow::event> events(std::uint64_t after, std::optional<std::uint64_t> birth,
                                        std::size_t limit) override {
        return inner_->events(after, birth, limit);
    }

  private:
    std::shared_ptr<sagaflow::store> inner_;
    board& board_;
};

double resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t size = 0;
    std::size_t resident = 0;
    file >> size >> resident;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

void wait_for(const std::string& what, const std::function<bool()>& is_so) {
    const auto until = std::chrono::steady_clock::now() + 60s;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error("gave up waiting: " + what);
        std::this_thread::sleep_for(5ms);
    }
}

void start_sagas(sagaflow::hosted<signup>& signups, std::size_t count) {
    std::atomic<std::size_t> started{0};
    for (std::size_t i = 0; i < count; ++i) {
        const std::string id = sse_clients::saga_of(i);
        signups.async_start(id, {id},
                            [&](const sagaflow::result<sagaflow::started>& r) { started += r ? 1 : 0; });
    }
    wait_for("not all sagas were started", [&] { return started == count; });
}

} // namespace

void run_watchers(session& s) {
    const std::size_t count = s.args()["clients"];
    const std::size_t seconds = s.args()["seconds"];
    if (seconds > 15)
        throw std::invalid_argument("--seconds: a saga lives 30 seconds, of which 15 can be measured");
    sse_clients clients(s.args()["processes"], count); // first: it forks
    board& shared = clients.shared();

    const auto pace = std::make_shared<paced_transport>();
    const auto store = std::make_shared<stamping_store>(
        sagaflow::sqlite::open({.path = s.folder() / "watchers.db"}), shared);
    sagaflow::engine engine(sagaflow::engine_options{
        .name = "bench", .store = store, .transports = {pace}, .limits = {.pending_starts = count + 1}});
    auto signups = engine.host(definition());
    engine.start();
    sagaflow::http::saga_streams streams(engine);
    sagaflow::http::server server;
    server.route("GET", "/{saga}", [&](const sagaflow::http::request& r, sagaflow::http::exchange e) {
        streams.follow(std::move(e), std::string(r.param("saga")), std::nullopt);
    });
    server.start();
    start_sagas(signups, count);
    pace->begin();
    std::this_thread::sleep_for(3s); // what the engine needs without watchers is not to be counted
    ::malloc_trim(0);
    const double before = resident_bytes();
    shared.port = server.port();
    wait_for("not all clients got an event", [&] { return shared.streaming == count; });
    std::this_thread::sleep_for(1s);
    shared.measured_from = board::now();
    double most = 0;
    for (std::size_t second = 0; second < seconds; ++second) {
        std::this_thread::sleep_for(1s);
        most = std::max(most, resident_bytes());
    }
    const auto measured = shared.measured();
    if (shared.lost > 0) throw std::runtime_error(std::to_string(shared.lost) + " clients lost their stream");
    report("watchers", {{"p99_ms", shared.wait_percentile(0.99)},
                        {"bytes_per_client", (most - before) / static_cast<double>(count)},
                        {"p50_ms", shared.wait_percentile(0.5)},
                        {"clients", static_cast<double>(count)},
                        {"events_per_s", static_cast<double>(measured) / static_cast<double>(seconds)}});
    server.stop(0s);
    engine.stop(0s);
}

} // namespace bench
