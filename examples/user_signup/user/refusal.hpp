// Why a request was not taken on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace signup {

struct refusal {
    enum class reason : std::uint8_t {
        user_exists,
        other_fields,  // a sign-up of that user is under way, with other fields
        being_added,   // a sign-up is in the way of a removal
        being_removed, // a removal is in the way of a sign-up
        unknown_user,
        overloaded, // nothing was taken on
        unavailable // now; whether it was taken on, asking again will tell
    };
    reason why = reason::unavailable;
    std::string detail;
};

} // namespace signup
