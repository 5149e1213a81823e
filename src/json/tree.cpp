#include "tree.hpp"

#include <charconv>
#include <cstdint>
#include <string>

#include <boost/json/basic_parser_impl.hpp>

namespace sagaflow::json {

namespace {

using boost::json::error_code;
using boost::json::string_view;

// The nearest double to a number's text; the parser's own where that is not finite or less than the smallest.
double nearest(double parsed, string_view text) {
    double exact = parsed;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), exact);
    return failed == std::errc{} && end == text.data() + text.size() ? exact : parsed;
}

// What boost::json::parser does with what basic_parser finds, but for the doubles.
// The functions' names are Boost's.
struct tree_builder {
    static constexpr std::size_t max_object_size = boost::json::object::max_size();
    static constexpr std::size_t max_array_size = boost::json::array::max_size();
    static constexpr std::size_t max_key_size = boost::json::string::max_size();
    static constexpr std::size_t max_string_size = boost::json::string::max_size();

    boost::json::value_stack stack;

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return true; }
    bool on_object_end(std::size_t n, error_code&) { return stack.push_object(n), true; }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t n, error_code&) { return stack.push_array(n), true; }
    bool on_key_part(string_view part, std::size_t, error_code&) { return stack.push_chars(part), true; }
    bool on_key(string_view rest, std::size_t, error_code&) { return stack.push_key(rest), true; }
    bool on_string_part(string_view part, std::size_t, error_code&) { return stack.push_chars(part), true; }
    bool on_string(string_view rest, std::size_t, error_code&) { return stack.push_string(rest), true; }
    bool on_number_part(string_view, error_code&) { return true; } // the whole text is there at once
    bool on_int64(std::int64_t n, string_view, error_code&) { return stack.push_int64(n), true; }
    bool on_uint64(std::uint64_t n, string_view, error_code&) { return stack.push_uint64(n), true; }
    bool on_double(double d, string_view text, error_code&) {
        return stack.push_double(nearest(d, text)), true;
    }
    bool on_bool(bool b, error_code&) { return stack.push_bool(b), true; }
    bool on_null(error_code&) { return stack.push_null(), true; }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }
};

} // namespace

boost::json::value read_tree(std::string_view text, const boost::json::storage_ptr& memory,
                             std::size_t max_depth, boost::json::error_code& ec) {
    boost::json::parse_options options;
    options.max_depth = max_depth;
    boost::json::basic_parser<tree_builder> parser(options);
    parser.handler().stack.reset(memory);
    const auto read = parser.write_some(false, text.data(), text.size(), ec);
    if (!ec && read < text.size()) ec = boost::json::error::extra_data;
    return ec ? boost::json::value() : parser.handler().stack.release();
}

} // namespace sagaflow::json
