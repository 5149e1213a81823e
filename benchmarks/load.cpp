#include "load.hpp"

#include "report.hpp"

#include <sagaflow/sqlite.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {
std::atomic<std::uint64_t> fsync_count{0};
}

// SQLite's calls come here first, to be counted.
extern "C" int fdatasync(int fd) {
    fsync_count.fetch_add(1, std::memory_order_relaxed);
    return static_cast<int>(::syscall(SYS_fdatasync, fd));
}
extern "C" int fsync(int fd) {
    fsync_count.fetch_add(1, std::memory_order_relaxed);
    return static_cast<int>(::syscall(SYS_fsync, fd));
}

namespace bench {

using namespace sagaflow;

sagaflow::saga<trip> trip_saga(sagaflow::duration timeout) {
    const step<trip, reserve_room> room = {
        .name = "room",
        .send = [](const trip& t) { return reserve_room{t.guest}; },
        .on_reply = [](trip& t, const reserved& r) { t.room = r.reservation; },
        .compensate = [](const trip& t) { return release_room{t.guest}; },
        .timeout = timeout,
    };
    const step<trip, reserve_flight> flight = {
        .name = "flight",
        .send = [](const trip& t) { return reserve_flight{t.guest}; },
        .on_reply = [](trip& t, const reserved& r) { t.flight = r.reservation; },
        .compensate = [](const trip& t) { return release_flight{t.guest}; },
        .timeout = timeout,
    };
    const step<trip, charge> payment = {
        .name = "payment",
        .send =
            [](const trip& t) {
                return charge{t.guest, t.amount};
            },
        .on_reply = [](trip& t, const reserved& r) { t.payment = r.reservation; },
        .compensate = [](const trip& t) { return refund{t.guest}; },
        .timeout = timeout,
    };
    return {.name = "trip", .version = 1, .stages = stages(room, flight, payment)};
}

std::string id_source::next() {
    static constexpr std::string_view letters =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
    std::string id(24, ' ');
    for (auto& c : id) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        c = letters[(state_ >> 20) & 63];
    }
    return id;
}

namespace {

template <class C>
void serve(participant& p) {
    p.handle<C>([](const C& c) -> outcome<typename C::reply> {
        if constexpr (std::is_same_v<typename C::reply, nothing>)
            return nothing{};
        else
            return reserved{"r-" + c.guest};
    });
}

// One row per command, by a statement prepared once.
class row_writer {
  public:
    void write(sqlite3* db, const std::string& guest) {
        if (!insert_ && sqlite3_prepare_v2(db, "INSERT INTO bookings(guest) VALUES (?)", -1, &insert_,
                                           nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(db));
        sqlite3_bind_text(insert_, 1, guest.data(), static_cast<int>(guest.size()), SQLITE_STATIC);
        const int rc = sqlite3_step(insert_);
        sqlite3_reset(insert_);
        if (rc != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db));
    }
    ~row_writer() { sqlite3_finalize(insert_); }

  private:
    sqlite3_stmt* insert_ = nullptr;
};

template <class C>
void serve_with_inbox(participant& p, const std::shared_ptr<row_writer>& rows) {
    p.handle<C>([rows](const C& c, sqlite::transaction& tx) -> outcome<typename C::reply> {
        rows->write(tx.connection(), c.guest);
        if constexpr (std::is_same_v<typename C::reply, nothing>)
            return nothing{};
        else
            return reserved{"r-" + c.guest};
    });
}

std::shared_ptr<inbox> make_inbox(const std::filesystem::path& file) {
    auto in = sqlite::open_inbox({.path = file.string()});
    in->transaction([](inbox_transaction& tx) {
        auto* db = dynamic_cast<sqlite::transaction&>(tx).connection();
        sqlite3_exec(db, "CREATE TABLE bookings(id INTEGER PRIMARY KEY, guest TEXT NOT NULL)", nullptr,
                     nullptr, nullptr);
    });
    return in;
}

} // namespace

participants::participants(std::shared_ptr<transport> bus, inboxes kind, bool reject_charges,
                           const std::filesystem::path& folder) {
    const auto make = [&](const std::string& name) {
        std::shared_ptr<inbox> in = kind == inboxes::sqlite ? make_inbox(folder / (name + ".db")) : nullptr;
        all_.push_back(
            std::make_unique<participant>(participant_options{.name = name, .transport = bus, .inbox = in}));
        return all_.back().get();
    };
    const auto add = [&]<class A, class B>(participant& p, std::type_identity<A>, std::type_identity<B>) {
        if (kind == inboxes::none) {
            serve<A>(p);
            serve<B>(p);
            return;
        }
        const auto rows = std::make_shared<row_writer>();
        serve_with_inbox<A>(p, rows);
        serve_with_inbox<B>(p, rows);
    };
    add(*make("rooms"), std::type_identity<reserve_room>{}, std::type_identity<release_room>{});
    add(*make("flights"), std::type_identity<reserve_flight>{}, std::type_identity<release_flight>{});
    auto& payments = *make("payments");
    if (reject_charges)
        payments.handle<charge>([](const charge&) -> outcome<reserved> { return reject("no-money"); });
    else
        add(payments, std::type_identity<charge>{}, std::type_identity<refund>{});
    for (auto& p : all_) p->start();
}

participants::~participants() {
    for (auto& p : all_) p->stop();
}

trip_engine::trip_engine(std::shared_ptr<sagaflow::transport> over, const std::filesystem::path& file,
                         sagaflow::duration timeout)
    : bus(std::move(over)),
      engine(
          {.name = "bench", .store = sagaflow::sqlite::open({.path = file.string()}), .transports = {bus}}),
      trips(engine.host(trip_saga(timeout))) {
    engine.start();
}

trip_engine::~trip_engine() {
    engine.stop();
    bus->close();
}

double run_one(trip_engine& over) {
    const auto id = over.ids.next();
    const auto from = std::chrono::steady_clock::now();
    over.trips.start(id, {.guest = "guest-123456", .amount = 1}).value();
    bool completed = false;
    for (const auto& e : over.engine.watch(id)) completed = e.kind == event_kind::completed;
    if (!completed) throw std::runtime_error("a saga did not complete");
    return microseconds_since(from);
}

double metric_sum(const engine& e, std::string_view name) {
    double sum = 0;
    for (const auto& m : e.metrics())
        if (m.name == name) sum += m.value;
    return sum;
}

double run_load(engine& e, hosted<trip>& trips, id_source& ids, std::uint64_t sagas,
                std::uint64_t in_flight) {
    using clock = std::chrono::steady_clock;
    const auto ended_before = metric_sum(e, "sagaflow_sagas_finished_total");
    std::atomic<std::uint64_t> failed{0};
    std::uint64_t begun = 0, ended = 0;
    const auto from = clock::now();
    while (ended < sagas) {
        for (; begun < sagas && begun - ended < in_flight; ++begun)
            trips.async_start(ids.next(), {.guest = "guest-" + std::to_string(begun), .amount = begun},
                              [&failed](const result<started>& r) { failed += r.has_value() ? 0 : 1; });
        std::this_thread::sleep_for(std::chrono::milliseconds(2)); // a look costs the engine's cores, too
        ended = static_cast<std::uint64_t>(metric_sum(e, "sagaflow_sagas_finished_total") - ended_before) +
                failed;
    }
    if (failed != 0) throw std::runtime_error(std::to_string(failed) + " starts were refused");
    return std::chrono::duration<double>(clock::now() - from).count();
}

usage usage_now() {
    rusage r{};
    ::getrusage(RUSAGE_SELF, &r);
    const auto us = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return {us(r.ru_utime) + us(r.ru_stime), fsync_count.load()};
}

} // namespace bench
