#include "web/body.hpp"

#include <boost/json/parse.hpp>

namespace signup {

using sagaflow::http::problem;

namespace {

constexpr std::size_t deepest = 32;

bool is_json(const std::string& content_type) {
    constexpr std::string_view suffix = "+json";
    return content_type == "application/json" ||
           (content_type.size() > suffix.size() &&
            content_type.compare(content_type.size() - suffix.size(), suffix.size(), suffix) == 0);
}

problem malformed(const std::string& what) {
    return {.status = 400, .type = "malformed-json", .title = "The body can't be read", .detail = what};
}

} // namespace

std::variant<boost::json::object, problem> read_body(const sagaflow::http::request& r) {
    if (!is_json(r.content_type())) {
        return problem{.status = 415,
                       .type = "not-json",
                       .title = "The body is not JSON",
                       .detail = "send Content-Type: application/json",
                       .headers = {{"Accept-Post", "application/json"}}};
    }
    boost::json::parse_options options;
    options.max_depth = deepest;
    boost::system::error_code why;
    auto value = boost::json::parse(r.body, why, {}, options);
    if (why == boost::json::error::too_deep) return malformed("it is nested deeper than 32 levels");
    if (why) return malformed("expected one JSON object in UTF-8: " + why.message());
    if (!value.is_object()) return malformed("expected a JSON object");
    return std::move(value.get_object());
}

problem invalid_body(field_errors errors) {
    return {.status = 400,
            .type = "invalid-body",
            .title = "Some fields are not as expected",
            .detail = "see errors: one entry for each field",
            .errors = std::move(errors)};
}

} // namespace signup
