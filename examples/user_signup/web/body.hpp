// A request's JSON body, read with the bounds that strangers get.
#pragma once

#include <sagaflow/http_message.hpp>

#include <string>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

namespace signup {

// The object, or the problem that answers the request.
std::variant<boost::json::object, sagaflow::http::problem> read_body(const sagaflow::http::request& r);

using field_errors = std::vector<sagaflow::http::problem::entry>;

sagaflow::http::problem invalid_body(field_errors errors);

} // namespace signup
