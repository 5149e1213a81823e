#include "structured.hpp"

#include "text/raw_member.hpp"

#include <boost/json.hpp>

namespace sagaflow::wire {

namespace {

constexpr std::size_t deepest = 64; // the data's 32 levels and then some

} // namespace

std::string read_structured(std::string_view document, attribute_reader& into) {
    boost::json::parse_options options;
    options.max_depth = deepest;
    boost::json::error_code ec;
    const auto tree = boost::json::parse({document.data(), document.size()}, ec, {}, options);
    const auto* event = ec ? nullptr : tree.if_object();
    if (!event) {
        into.unreadable("it is not a CloudEvent in JSON: " + (ec ? ec.message() : "it is not an object"));
        return std::string(document);
    }
    for (const auto& [name, value] : *event) {
        if (name == "data" || name == "data_base64") continue;
        if (const auto* text = value.if_string())
            into.take(name, *text);
        else if (!value.is_null())
            into.take(name, boost::json::serialize(value));
    }
    if (event->contains("data_base64")) into.unreadable("its data is data_base64: send it as JSON in data");
    return std::string(text::raw_member(document, "data").value_or(""));
}

} // namespace sagaflow::wire
