// What the two programs of the kill test say to each other.
#pragma once

#include <sagaflow/json.hpp>
#include <sagaflow/outcome.hpp>

#include <string>
#include <string_view>

namespace seats {

struct take {
    static constexpr std::string_view type = "seats.take";
    using reply = sagaflow::nothing;
    std::string guest;
    int leg = 0; // of the trip
};
struct give_back {
    static constexpr std::string_view type = "seats.give-back";
    using reply = sagaflow::nothing;
    std::string guest;
    int leg = 0;
};
BOOST_DESCRIBE_STRUCT(take, (), (guest, leg))
BOOST_DESCRIBE_STRUCT(give_back, (), (guest, leg))

} // namespace seats
