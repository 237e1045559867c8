#include "values.hpp"

#include <cstring>

namespace perfbot_driver {

namespace {

constexpr unsigned tag_set = 258, tag_tuple = 47000, tag_surrogates = 47003, tag_complex = 47004;

// Bytes that are no UTF-8 as lone surrogates, as Python's surrogateescape has them.
std::string escaped(const std::string& text) {
    std::string found;
    for (size_t at = 0; at < text.size();) {
        size_t width = 0;
        for (size_t tried = 1; tried <= 4 && at + tried <= text.size() && width == 0; ++tried)
            if (is_utf8(text.data() + at, tried)) width = tried;
        if (width != 0) {
            found.append(text, at, width);
            at += width;
            continue;
        }
        const unsigned code = 0xDC00 + static_cast<unsigned char>(text[at++]);
        found += '\xED';
        found += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        found += static_cast<char>(0x80 | (code & 0x3F));
    }
    return found;
}

Value number_in(const Node& packed, size_t at) {
    Value value;
    std::memcpy(&value.number, packed.data + 8 * at, 8);
    value.kind = packed.kind == Kind::packed_integers ? Kind::integer : Kind::floating;
    value.negative = value.kind == Kind::integer && value.number >> 63 != 0;
    if (value.negative) value.number = ~value.number;
    return value;
}

}  // namespace

Value::Value(const Node& node) {
    if (node.kind == Kind::shared) {
        *this = Value(*node.referred);
        return;
    }
    if (node.kind == Kind::other) throw Malformed("a value that cannot be changed");
    kind = node.kind;
    negative = node.negative;
    number = node.number;
    if (kind == Kind::packed_integers || kind == Kind::packed_floats) {
        for (size_t at = 0; at < node.count; ++at) items.push_back(number_in(node, at));
        kind = Kind::list;
        return;
    }
    const bool is_chunk = kind == Kind::text || kind == Kind::bytes || kind == Kind::huge;
    if (is_chunk) data.assign(node.data, node.size);
    const size_t count = node.kind == Kind::dict ? 2 * node.count : node.count;
    for (size_t at = 0; at < count; ++at) items.emplace_back(node.items[at]);
}

bool Value::holds_items() const {
    return kind == Kind::list || kind == Kind::set || kind == Kind::dict || kind == Kind::tuple;
}

bool Value::has_length() const {
    return holds_items() || kind == Kind::text || kind == Kind::bytes;
}

size_t Value::length() const {
    if (!holds_items()) return data.size();
    return kind == Kind::dict ? items.size() / 2 : items.size();
}

void Value::write(Writer* to) const {
    switch (kind) {
        case Kind::null: to->null(); return;
        case Kind::boolean: to->boolean(number != 0); return;
        case Kind::integer: to->head(negative ? 1 : 0, number); return;
        case Kind::huge:
            perfbot_driver_huge(to, negative,
                                reinterpret_cast<const unsigned char*>(data.data()), data.size());
            return;
        case Kind::floating: {
            double value;
            std::memcpy(&value, &number, sizeof value);
            perfbot_driver_float(to, value);
            return;
        }
        case Kind::text:
            if (is_utf8(data.data(), data.size())) {
                to->text(data);
            } else {
                const std::string found = escaped(data);
                to->head(6, tag_surrogates);
                to->head(2, found.size());
                to->raw(found);
            }
            return;
        case Kind::bytes: to->bytes(data); return;
        case Kind::list: to->list(items.size()); break;
        case Kind::dict: to->dict(items.size() / 2); break;
        case Kind::tuple:
            to->head(6, tag_tuple);
            to->head(4, items.size());
            break;
        case Kind::complex:
            to->head(6, tag_complex);
            to->head(4, items.size());
            break;
        case Kind::set:
            perfbot_driver_shareable(to, nullptr, nullptr);
            to->head(6, tag_set);
            to->head(4, items.size());
            break;
        default: throw Malformed("a value that cannot be written");
    }
    for (const Value& item : items) item.write(to);
}

std::vector<Value> arguments_in(const std::string& wire) {
    const Tree tree(wire);
    const Node& root = tree.root();
    if (root.kind != Kind::list || root.count != 2) throw Malformed("no arguments");
    const Value arguments(root.items[0]);
    if (arguments.kind != Kind::tuple && arguments.kind != Kind::list)
        throw Malformed("no arguments");
    return arguments.items;
}

std::string wire_of(const std::vector<Value>& arguments) {
    Writer to;
    to.list(2);
    to.head(6, tag_tuple);
    to.head(4, arguments.size());
    for (const Value& item : arguments) item.write(&to);
    to.dict(0);
    return to.data;
}

}  // namespace perfbot_driver
