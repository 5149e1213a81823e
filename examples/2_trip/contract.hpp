// What travels between the services of a trip.
#pragma once

// [contract]
#include <sagaflow/json.hpp>

#include <string>

namespace rooms {
struct booked {
    std::string room;
};
struct book {
    static constexpr std::string_view type = "rooms.book"; // stored and sent: never rename one in use
    using reply = booked;
    std::string guest;
};
struct release {
    static constexpr std::string_view type = "rooms.release";
    using reply = sagaflow::nothing;
    std::string guest;
};
BOOST_DESCRIBE_STRUCT(booked, (), (room))
BOOST_DESCRIBE_STRUCT(book, (), (guest))
BOOST_DESCRIBE_STRUCT(release, (), (guest))
} // namespace rooms
// [/contract]

namespace flights {
struct booked {
    std::string seat;
};
struct book {
    static constexpr std::string_view type = "flights.book";
    using reply = booked;
    std::string guest;
};
struct release {
    static constexpr std::string_view type = "flights.release";
    using reply = sagaflow::nothing;
    std::string guest;
};
BOOST_DESCRIBE_STRUCT(booked, (), (seat))
BOOST_DESCRIBE_STRUCT(book, (), (guest))
BOOST_DESCRIBE_STRUCT(release, (), (guest))
} // namespace flights

namespace payments {
struct charge {
    static constexpr std::string_view type = "payments.charge";
    using reply = sagaflow::nothing;
    std::string guest;
    int amount = 0; // cents
};
BOOST_DESCRIBE_STRUCT(charge, (), (guest, amount))
} // namespace payments

namespace mails {
struct send {
    static constexpr std::string_view type = "mails.send";
    using reply = sagaflow::nothing;
    std::string guest, text;
};
BOOST_DESCRIBE_STRUCT(send, (), (guest, text))
} // namespace mails
