// A YAML text as a tree of our own, within bounds: the only place that knows yaml-cpp.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sagaflow::config {

struct position {
    int line = 0; // from 1; 0 when the parser does not know
    int column = 0;
};

struct member;

struct node {
    enum class form { null, scalar, list, map };

    explicit node(form is = form::null, position at = {}, std::string text = {});

    form is;
    position at;
    std::string text;            // of a scalar
    std::vector<node> items;     // of a list
    std::vector<member> members; // of a map: in order, repeated keys kept
};

struct member {
    node key;
    node value;
};

inline node::node(form f, position where, std::string scalar) : is(f), at(where), text(std::move(scalar)) {}

struct document_problem {
    position at;
    std::string what;
};

struct document {
    node root = node();
    std::vector<document_problem> problems = {};
    bool readable = true; // false: the tree ends somewhere before the text does
};

constexpr std::size_t largest_document = 1024UL * 1024;
constexpr std::size_t deepest_document = 32;

// Never throws for what the text holds. No message repeats a part of the text: it could be a secret.
document parse_document(const std::string& text);

} // namespace sagaflow::config
