// What travels between the services: the commands that chat, customer and the user service itself take. A
// command's type is stored and sent: never rename one in use.
#pragma once

#include <sagaflow/codec.hpp>
#include <sagaflow/json.hpp>

#include <string>
#include <string_view>

namespace signup {

// Whom a command is about, and which request (a sign-up, a removal) it belongs to: its saga's id.
struct subject {
    std::string user_id;
    std::string request_id;
};
BOOST_DESCRIBE_STRUCT(subject, (), (user_id, request_id))

// What chat and customer copy of a user.
struct profile {
    std::string user_id;
    std::string request_id;
    std::string user_name;
    std::string email;
};
BOOST_DESCRIBE_STRUCT(profile, (), (user_id, request_id, user_name, email))

// The user service's own steps. They speak of a stored request, which holds the rest (the password's hash
// too, which never leaves that service).
namespace user {

struct reserve : subject { // the user is there, but not yet to be used
    static constexpr std::string_view type = "user.reserve";
    using reply = sagaflow::nothing;
};
struct release : subject { // undoes reserve
    static constexpr std::string_view type = "user.release";
    using reply = sagaflow::nothing;
};
struct activate : subject { // a reserved user may be used
    static constexpr std::string_view type = "user.activate";
    using reply = sagaflow::nothing;
};
struct create : subject { // both at once
    static constexpr std::string_view type = "user.create";
    using reply = sagaflow::nothing;
};
struct deactivate : subject { // the user may no longer be used
    static constexpr std::string_view type = "user.deactivate";
    using reply = sagaflow::nothing;
};
struct reactivate : subject { // undoes deactivate
    static constexpr std::string_view type = "user.reactivate";
    using reply = sagaflow::nothing;
};
struct erase : subject { // for good
    static constexpr std::string_view type = "user.erase";
    using reply = sagaflow::nothing;
};

BOOST_DESCRIBE_STRUCT(reserve, (subject), ())
BOOST_DESCRIBE_STRUCT(release, (subject), ())
BOOST_DESCRIBE_STRUCT(activate, (subject), ())
BOOST_DESCRIBE_STRUCT(create, (subject), ())
BOOST_DESCRIBE_STRUCT(deactivate, (subject), ())
BOOST_DESCRIBE_STRUCT(reactivate, (subject), ())
BOOST_DESCRIBE_STRUCT(erase, (subject), ())

} // namespace user

namespace chat {

struct add : profile {
    static constexpr std::string_view type = "chat.add-user";
    using reply = sagaflow::nothing;
};
struct take_back : subject { // undoes add
    static constexpr std::string_view type = "chat.take-back-user";
    using reply = sagaflow::nothing;
};
struct remove : subject {
    static constexpr std::string_view type = "chat.remove-user";
    using reply = sagaflow::nothing;
};
struct put_back : profile { // undoes remove
    static constexpr std::string_view type = "chat.put-back-user";
    using reply = sagaflow::nothing;
};

BOOST_DESCRIBE_STRUCT(add, (profile), ())
BOOST_DESCRIBE_STRUCT(take_back, (subject), ())
BOOST_DESCRIBE_STRUCT(remove, (subject), ())
BOOST_DESCRIBE_STRUCT(put_back, (profile), ())

} // namespace chat

namespace customer {

struct add : profile {
    static constexpr std::string_view type = "customer.add-user";
    using reply = sagaflow::nothing;
};
struct take_back : subject {
    static constexpr std::string_view type = "customer.take-back-user";
    using reply = sagaflow::nothing;
};
struct remove : subject {
    static constexpr std::string_view type = "customer.remove-user";
    using reply = sagaflow::nothing;
};
struct put_back : profile {
    static constexpr std::string_view type = "customer.put-back-user";
    using reply = sagaflow::nothing;
};

BOOST_DESCRIBE_STRUCT(add, (profile), ())
BOOST_DESCRIBE_STRUCT(take_back, (subject), ())
BOOST_DESCRIBE_STRUCT(remove, (subject), ())
BOOST_DESCRIBE_STRUCT(put_back, (profile), ())

} // namespace customer
} // namespace signup
