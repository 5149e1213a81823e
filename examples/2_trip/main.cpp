// Books three trips: one works out, one has no money, one is held up until somebody asks why.
#include "trip.hpp"

#include <sagaflow/sagaflow.hpp>
#include <sagaflow/sqlite.hpp>

#include <filesystem>
#include <iostream>

#include <sqlite3.h>

namespace {

// [participant]
// The rooms service: its table and sagaflow's inbox are in one database, and change in one transaction.
void insert_booking(sqlite3* db, const std::string& guest) {
    sqlite3_stmt* insert = nullptr;
    if (sqlite3_prepare_v2(db, "INSERT INTO bookings(guest) VALUES (?)", -1, &insert, nullptr) != SQLITE_OK)
        throw std::runtime_error(sqlite3_errmsg(db)); // a throw means: try again
    sqlite3_bind_text(insert, 1, guest.c_str(), -1, SQLITE_TRANSIENT);
    const int rc = sqlite3_step(insert);
    sqlite3_finalize(insert);
    if (rc != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db));
}

void serve_rooms(sagaflow::participant& service) {
    service.handle<rooms::book>(
        [](const rooms::book& c, sagaflow::sqlite::transaction& tx) -> sagaflow::outcome<rooms::booked> {
            insert_booking(tx.connection(), c.guest);
            return rooms::booked{.room = "room 7"};
        });
    service.handle<rooms::release>([](const rooms::release& c, sagaflow::sqlite::transaction& tx) {
        char* sql = sqlite3_mprintf("DELETE FROM bookings WHERE guest = %Q", c.guest.c_str());
        sqlite3_exec(tx.connection(), sql, nullptr, nullptr, nullptr);
        sqlite3_free(sql);
        return sagaflow::outcome<sagaflow::nothing>(sagaflow::nothing{});
    });
}
// [/participant]

void serve_the_others(sagaflow::participant& service) {
    using sagaflow::nothing;
    using sagaflow::outcome;
    service.handle<flights::book>(
        [](const flights::book&) -> outcome<flights::booked> { return flights::booked{.seat = "seat 12A"}; });
    service.handle<flights::release>([](const flights::release&) -> outcome<nothing> { return nothing{}; });
    // [reject]
    service.handle<payments::charge>([](const payments::charge& c) -> outcome<nothing> {
        if (c.amount > 100'000) return sagaflow::reject("no-money"); // final: the saga compensates
        return nothing{};
    });
    // [/reject]
    service.handle<mails::send>([](const mails::send&) -> outcome<nothing> { return nothing{}; });
}

std::shared_ptr<sagaflow::inbox> open_rooms(const std::string& path) {
    auto inbox = sagaflow::sqlite::open_inbox({.path = path});
    inbox->transaction([](sagaflow::inbox_transaction& tx) {
        sqlite3_exec(dynamic_cast<sagaflow::sqlite::transaction&>(tx).connection(),
                     "CREATE TABLE IF NOT EXISTS bookings(guest TEXT NOT NULL)", nullptr, nullptr, nullptr);
    });
    return inbox;
}

// [watch]
void follow(sagaflow::engine& engine, const std::string& id) {
    std::string newest;
    for (const auto& event : engine.watch(id)) // history first, then live, until the last one
        if (!event.status.empty()) newest = event.status;
    std::cout << id << ": " << newest << "\n";
}
// [/watch]

// [operate]
void ask_why(sagaflow::engine& engine, const std::string& id) {
    const auto held = engine.suspend(id, {.who = "ada", .why = "the price is wrong"});
    if (!held) std::cout << "not held: " << held.error().message << "\n";
    const auto why = engine.explain(id).value();
    std::cout << id << " is " << sagaflow::to_string(why.saga.state) << ": " << why.saga.reason << "\n";
    for (const auto& verb : why.verbs) std::cout << "  an operator can " << verb << " it\n";
    engine.cancel(id, {.who = "ada", .why = "start it anew"}).value();
}
// [/operate]

} // namespace

int main(int argc, char** argv) {
    const std::filesystem::path folder = argc > 1 ? argv[1] : "trip-data";
    std::filesystem::create_directories(folder);

    // [engine]
    const auto bus = sagaflow::memory::make_transport();
    sagaflow::engine engine{{.name = "trips",
                             .store = sagaflow::sqlite::open({.path = (folder / "trips.db").string()}),
                             .transports = {bus}}};
    auto trips = engine.host(book_trip());
    engine.start();
    // [/engine]

    // Nobody serves yet: this one waits, durable, and can be asked about.
    trips.start("trip-of-eve", {.guest = "eve", .price = 20'000}).value();
    ask_why(engine, "trip-of-eve");

    // [serve]
    sagaflow::participant rooms_service{
        {.name = "rooms", .transport = bus, .inbox = open_rooms((folder / "rooms.db").string())}};
    serve_rooms(rooms_service);
    rooms_service.start();
    // [/serve]
    sagaflow::participant others{{.name = "others", .transport = bus}};
    serve_the_others(others);
    others.start();

    // [start]
    const auto started =
        trips.start("trip-of-ada", {.guest = "ada", .price = 45'000}); // durable when it returns
    if (!started) std::cout << "not started: " << started.error().message << "\n";
    // [/start]
    follow(engine, "trip-of-ada");
    trips.start("trip-of-bob", {.guest = "bob", .price = 450'000}).value();
    follow(engine, "trip-of-bob");

    engine.stop();
    rooms_service.stop();
    others.stop();
    bus->close();
}
