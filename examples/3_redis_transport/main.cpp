// The saga of 1_hello with its participant behind a broker: Redis, by the transport of this folder.
#include "redis_transport.hpp"

#include <sagaflow/json.hpp>
#include <sagaflow/sagaflow.hpp>
#include <sagaflow/sqlite.hpp>

#include <iostream>

struct book_room {
    static constexpr std::string_view type = "rooms.book";
    using reply = sagaflow::nothing;
    std::string guest;
};
struct release_room {
    static constexpr std::string_view type = "rooms.release";
    using reply = sagaflow::nothing;
    std::string guest;
};
struct book_flight {
    static constexpr std::string_view type = "flights.book";
    using reply = sagaflow::nothing;
    std::string guest;
};
struct trip { // what the saga remembers
    std::string guest;
};
BOOST_DESCRIBE_STRUCT(book_room, (), (guest))
BOOST_DESCRIBE_STRUCT(release_room, (), (guest))
BOOST_DESCRIBE_STRUCT(book_flight, (), (guest))
BOOST_DESCRIBE_STRUCT(trip, (), (guest))

namespace {

sagaflow::saga<trip> book_trip() {
    const sagaflow::step<trip, book_room> room = {
        .name = "room",
        .send = [](const trip& t) { return book_room{t.guest}; },
        .compensate = [](const trip& t) { return release_room{t.guest}; },
    };
    const sagaflow::step<trip, book_flight> flight = {
        .name = "flight",
        .send = [](const trip& t) { return book_flight{t.guest}; },
        .compensate = sagaflow::nothing_to_compensate,
    };
    return {.name = "book-trip", .version = 1, .stages = sagaflow::stages(room, flight)};
}

void serve(sagaflow::participant& services) {
    using outcome = sagaflow::outcome<sagaflow::nothing>;
    services.handle<book_room>([](const book_room& c) -> outcome {
        std::cout << "a room for " << c.guest << "\n";
        return sagaflow::nothing{};
    });
    services.handle<release_room>([](const release_room& c) -> outcome {
        std::cout << "no room for " << c.guest << "\n";
        return sagaflow::nothing{};
    });
    services.handle<book_flight>([](const book_flight&) -> outcome { return sagaflow::reject("full"); });
    services.start();
}

} // namespace

int main(int argc, char** argv) {
    // [run]
    const auto redis = redis::at(argc > 1 ? argv[1] : "127.0.0.1:6379");

    // In a program of its own it would be the same: its own connection to the same broker.
    const auto to_services = redis::make_transport(redis);
    sagaflow::participant services{{.name = "services", .transport = to_services}};
    serve(services);

    const auto bus = redis::make_transport(redis);
    sagaflow::engine engine{
        {.name = "trips", .store = sagaflow::sqlite::open({.path = "trips.db"}), .transports = {bus}}};
    auto trips = engine.host(book_trip());
    engine.start();
    trips.start("trip-1", {.guest = "ada"}).value();
    for (const auto& event : engine.watch("trip-1"))
        if (event.is_terminal()) std::cout << "the trip is " << to_string(event.state) << "\n";
    engine.stop();
    services.stop();
    to_services->close();
    bus->close();
    // [/run]
}
