// Arguments that can be changed: the wire's values as trees that own what they hold.
#ifndef PERFBOT_SEARCH_VALUES_HPP
#define PERFBOT_SEARCH_VALUES_HPP

#include <string>
#include <vector>

#include "reader.hpp"
#include "writer.hpp"

namespace perfbot_driver {

struct Value {
    Kind kind = Kind::null;
    bool negative = false;  // as in Node
    uint64_t number = 0;
    std::string data;
    std::vector<Value> items;  // a dict's are key, value, key, value

    Value() = default;
    // What is shared in a wire is there twice; packed numbers are items like others.
    explicit Value(const Node& node);

    void write(Writer* to) const;
    bool holds_items() const;
    bool has_length() const;
    // Of items or bytes; a dict's pairs count once.
    size_t length() const;
};

// The positional arguments in a wire's [args, kwargs]. Throws Malformed.
std::vector<Value> arguments_in(const std::string& wire);
std::string wire_of(const std::vector<Value>& arguments);

}  // namespace perfbot_driver

#endif
