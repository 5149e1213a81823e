// The smallest saga that rolls back: the room is booked, the flight is full, the room is given back.
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

// [saga]
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
// [/saga]

int main() {
    using outcome = sagaflow::outcome<sagaflow::nothing>;
    const auto bus = sagaflow::memory::make_transport();

    sagaflow::participant services{{.name = "services", .transport = bus}};
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

    // [run]
    sagaflow::engine engine{
        {.name = "trips", .store = sagaflow::sqlite::open({.path = "trips.db"}), .transports = {bus}}};
    auto trips = engine.host(book_trip());
    engine.start();
    trips.start("trip-1", {.guest = "ada"}).value(); // durable when it returns: no crash loses it
    for (const auto& event : engine.watch("trip-1")) // history, then live, until it has ended
        if (event.is_terminal()) std::cout << "the trip is " << to_string(event.state) << "\n";
    // [/run]
}
