// The envelope of services that were there before this one: plain JSON, no headers.
//   request {"eventId","userStatus":"USER_INSERT"|"USER_DELETE","userId"}
//   answer  {"eventId","userId","serviceName","userResponseStatus":"USER_SUCCES"|"USER_FAIL"}
// An eventId is a saga's id. One request speaks to every service that reads the topic, so answers are told
// apart by serviceName.
#pragma once

#include <sagaflow/wire.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace signup {

struct plain_options {
    // Of who asks: what each service calls itself, and the step that it answers.
    std::map<std::string, std::string> step_of_service = {};

    // Of a service: what it calls itself, the types of the commands that its requests are, where answers go.
    std::string service_name = {};
    std::string insert_type = {};
    std::string delete_type = {};
    std::string reply_to = {};

    std::size_t body_bytes = 64 * 1024; // longer is not read
};

std::shared_ptr<const sagaflow::wire::envelope> make_plain_envelope(plain_options o);

} // namespace signup
