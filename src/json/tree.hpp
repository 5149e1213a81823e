// A text as a tree of Boost.JSON. Unlike boost::json::parse() it reads each double exactly (the nearest one
// to what is written), so that a number that was written reads as itself.
#pragma once

#include <string_view>

#include <boost/json.hpp>

namespace sagaflow::json {

boost::json::value read_tree(std::string_view text, const boost::json::storage_ptr& memory,
                             std::size_t max_depth, boost::json::error_code& ec);

} // namespace sagaflow::json
