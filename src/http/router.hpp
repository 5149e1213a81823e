#pragma once

#include <sagaflow/http.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sagaflow::http {

// From a method and a path to the handler that was added for them. Filled before the server starts,
// then only read.
class router {
  public:
    // Throws sagaflow::error (invalid_argument) for a pattern that is malformed or taken.
    void add(std::string_view method, std::string_view pattern, handler h);

    struct match {
        const handler* target = nullptr; // null: nothing here for that method and path
        std::vector<field> params;       // decoded
        std::string allowed;    // the methods that this path has, as Allow lists them; empty: no such path
        bool malformed = false; // the path's percent-encoding can't be undone
    };
    match find(std::string_view method, std::string_view path) const;

    // The methods of all routes, as Allow lists them.
    std::string all_methods() const;

  private:
    struct segment {
        std::string text; // or the parameter's name
        bool is_param = false;
    };
    struct entry {
        std::string method;
        std::vector<segment> segments;
        handler target;
    };
    static std::vector<segment> parse(std::string_view pattern);
    static bool fits(const entry& e, const std::vector<std::string>& path);
    static bool is_closer(const entry& a, const entry& b);

    std::vector<entry> entries_;
};

} // namespace sagaflow::http
