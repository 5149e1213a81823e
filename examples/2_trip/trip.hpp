// A trip: a room and a flight side by side, then the payment, then the ticket by mail.
#pragma once

#include "contract.hpp"

#include <sagaflow/saga.hpp>

#include <string>

// [state]
struct trip { // what the saga remembers; stored as JSON
    std::string guest;
    int price = 0; // cents
    std::string room = {}, seat = {};
};
BOOST_DESCRIBE_STRUCT(trip, (), (guest, price, room, seat))

struct trip_status { // what watchers see
    std::string phase;
    std::string room, seat;
};
BOOST_DESCRIBE_STRUCT(trip_status, (), (phase, room, seat))
// [/state]

sagaflow::saga<trip> book_trip();
