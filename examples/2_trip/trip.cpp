#include "trip.hpp"

using namespace std::chrono_literals;

// [definition]
sagaflow::saga<trip> book_trip() {
    const sagaflow::step<trip, rooms::book> room = {
        .name = "room",
        .send = [](const trip& t) { return rooms::book{.guest = t.guest}; },
        .on_reply = [](trip& t, const rooms::booked& r) { t.room = r.room; },
        .compensate = [](const trip& t) { return rooms::release{.guest = t.guest}; },
        .timeout = 3s,
        .retry = {.attempts = 5, .first_delay = 200ms, .max_delay = 8s},
    };
    const sagaflow::step<trip, flights::book> flight = {
        .name = "flight",
        .send = [](const trip& t) { return flights::book{.guest = t.guest}; },
        .on_reply = [](trip& t, const flights::booked& r) { t.seat = r.seat; },
        .compensate = [](const trip& t) { return flights::release{.guest = t.guest}; },
    };
    const sagaflow::pivot<trip, payments::charge> payment = {
        // done: from here on the trip only goes forward
        .name = "payment",
        .send = [](const trip& t) { return payments::charge{.guest = t.guest, .amount = t.price}; },
    };
    const sagaflow::retriable<trip, mails::send> ticket = {
        // tried until it succeeds
        .name = "ticket",
        .send = [](const trip& t) { return mails::send{.guest = t.guest, .text = t.room + ", " + t.seat}; },
    };
    return {
        .name = "book-trip",
        .version = 1,
        .stages = sagaflow::stages(sagaflow::parallel(room, flight), payment, ticket),
        .status =
            [](const sagaflow::view<trip>& v) {
                return trip_status{sagaflow::to_string(v.saga()), v.state().room, v.state().seat};
            },
    };
}
// [/definition]
