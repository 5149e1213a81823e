// A participant as a program: seat_service ADDRESS_OF_REDIS DATABASE. It serves until its input ends, or it
// is killed.
#include "redis_transport.hpp"
#include "seats.hpp"

#include <sagaflow/participant.hpp>
#include <sagaflow/sqlite.hpp>

#include <iostream>

#include <sqlite3.h>

namespace {

void execute(sagaflow::inbox_transaction& tx, const std::string& sql) {
    auto* const db = dynamic_cast<sagaflow::sqlite::transaction&>(tx).connection();
    if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        throw std::runtime_error(sqlite3_errmsg(db));
}

} // namespace

int main(int, char** argv) {
    auto options = redis::at(argv[1]);
    options.lease = std::chrono::seconds(1); // so that it soon is known to be dead
    const auto bus = redis::make_transport(options);
    const auto inbox = sagaflow::sqlite::open_inbox({.path = argv[2]});
    inbox->transaction([](sagaflow::inbox_transaction& tx) {
        execute(tx, "CREATE TABLE IF NOT EXISTS seats(guest TEXT NOT NULL, leg INTEGER NOT NULL)");
    });
    sagaflow::participant service{{.name = "seats", .transport = bus, .inbox = inbox}};
    service.handle<seats::take>([](const seats::take& c, sagaflow::sqlite::transaction& tx) {
        execute(tx, "INSERT INTO seats VALUES ('" + c.guest + "', " + std::to_string(c.leg) + ")");
        return sagaflow::outcome<sagaflow::nothing>(sagaflow::nothing{});
    });
    service.handle<seats::give_back>([](const seats::give_back&, sagaflow::sqlite::transaction&) {
        return sagaflow::outcome<sagaflow::nothing>(sagaflow::nothing{});
    });
    service.start();
    std::cin.get();
    service.stop();
    bus->close();
}
