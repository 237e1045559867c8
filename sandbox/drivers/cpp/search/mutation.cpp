#include "mutation.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace perfbot_driver {

namespace {

constexpr size_t room = 16;  // that a text may grow by at once
constexpr unsigned most_changes = 4;

size_t below(size_t count, Draw& draw) { return draw() % count; }

bool one_in(unsigned count, Draw& draw) { return below(count, draw) == 0; }

// Every value that can be changed by itself, in and below `value`.
void collect(Value& value, std::vector<Value*>& found) {
    found.push_back(&value);
    for (Value& item : value.items) collect(item, found);
}

std::vector<Value*> all_in(std::vector<Value>& arguments) {
    std::vector<Value*> found;
    for (Value& argument : arguments) collect(argument, found);
    return found;
}

// Another value of that kind, or none. Comparisons often hold between values that are equal.
const Value* alike(const Value& value, const std::vector<Value*>& all, Draw& draw) {
    const Value* other = all[below(all.size(), draw)];
    return other != &value && other->kind == value.kind ? other : nullptr;
}

uint64_t pattern_of(const Value& value) { return value.negative ? ~value.number : value.number; }

void set_pattern(Value& value, uint64_t pattern, bool is_signed) {
    value.negative = is_signed && pattern >> 63 != 0;
    value.number = value.negative ? ~pattern : pattern;
}

// Of as many bytes as some type of integers has, so that narrow ones stay within their type.
void change_integer(Value& value, Draw& draw) {
    uint64_t pattern = pattern_of(value);
    const bool was_large = !value.negative && value.number >> 63 != 0;
    if (one_in(3, draw)) {
        const uint64_t step = 1 + below(one_in(2, draw) ? 2 : 40, draw);
        set_pattern(value, one_in(2, draw) ? pattern + step : pattern - step, !was_large);
        return;
    }
    const size_t width = size_t{1} << below(4, draw);
    LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(&pattern), width, width);
    const unsigned unused = static_cast<unsigned>(64 - 8 * width);
    const bool is_signed = !was_large && !one_in(4, draw);
    pattern = pattern << unused >> unused;
    if (is_signed)
        pattern = static_cast<uint64_t>(static_cast<int64_t>(pattern << unused) >> unused);
    set_pattern(value, pattern, is_signed);
}

void change_floating(Value& value, Draw& draw) {
    static const double special[] = {0.0, -0.0, 1.0, -1.0, 0.5, 1e300, 1e-300, INFINITY, NAN};
    double number;
    std::memcpy(&number, &value.number, sizeof number);
    switch (below(4, draw)) {
        case 0: number = special[below(sizeof special / sizeof *special, draw)]; break;
        case 1: number += static_cast<double>(below(9, draw)) - 4; break;
        case 2: number = std::round(number); break;
        default: LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(&number), sizeof number,
                                  sizeof number);
    }
    std::memcpy(&value.number, &number, sizeof number);
}

void change_data(Value& value, size_t most, Draw& draw) {
    const size_t old = value.data.size();
    const size_t size = std::max<size_t>(1, one_in(8, draw) ? 2 * old : old + most);
    value.data.resize(size);
    value.data.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(&value.data[0]), old, size));
}

// `each` items at a time: a dict's come in pairs.
void change_items(Value& value, size_t each, Draw& draw) {
    std::vector<Value>& items = value.items;
    const size_t count = items.size() / each;
    if (count == 0) return;
    const size_t at = below(count, draw), other = below(count, draw);
    const auto place = [&](size_t index) {
        return items.begin() + static_cast<std::ptrdiff_t>(index * each);
    };
    switch (below(6, draw)) {
        case 0: items.erase(place(at), place(at + 1)); break;
        case 1: items.erase(place(std::min(at, other)), place(std::max(at, other))); break;
        case 2: std::swap_ranges(place(at), place(at + 1), place(other)); break;
        case 3: std::reverse(place(std::min(at, other)), place(std::max(at, other))); break;
        default: {
            const std::vector<Value> copied(place(at), place(at + 1));
            const size_t times = one_in(8, draw) ? 1 + below(40, draw) : 1;
            for (size_t time = 0; time < times; ++time)
                items.insert(place(other), copied.begin(), copied.end());
        }
    }
}

void change(Value& value, const std::vector<Value*>& all, Draw& draw) {
    const Value* other = one_in(5, draw) ? alike(value, all, draw) : nullptr;
    if (other != nullptr && !value.holds_items()) {
        value = *other;
        return;
    }
    switch (value.kind) {
        case Kind::boolean: value.number = !value.number; break;
        case Kind::integer: change_integer(value, draw); break;
        case Kind::floating: change_floating(value, draw); break;
        case Kind::text:
        case Kind::bytes: change_data(value, room, draw); break;
        case Kind::huge: change_data(value, 1, draw); break;
        case Kind::list:
        case Kind::set: change_items(value, 1, draw); break;
        case Kind::dict: change_items(value, 2, draw); break;
        default: break;  // nothing of its own: a tuple's items are changed one by one
    }
}

struct Length {
    size_t number, of;  // places of arguments
};

std::vector<Length> lengths_in(const std::vector<Value>& arguments) {
    std::vector<Length> found;
    for (size_t at = 0; at < arguments.size(); ++at)
        for (size_t of = 0; of < arguments.size(); ++of)
            if (arguments[at].kind == Kind::integer && !arguments[at].negative &&
                arguments[of].has_length() && arguments[at].number == arguments[of].length())
                found.push_back({at, of});
    return found;
}

void keep(const std::vector<Length>& lengths, std::vector<Value>& arguments) {
    for (const Length& length : lengths) {
        Value number;
        number.kind = Kind::integer;
        number.number = arguments[length.of].length();
        arguments[length.number] = number;
    }
}

// The items of one list up to somewhere, and those of the other from somewhere on.
void splice(Value& value, const Value& other, Draw& draw) {
    const size_t each = value.kind == Kind::dict ? 2 : 1;
    const size_t kept = each * below(value.length() + 1, draw);
    const size_t from = each * below(other.length() + 1, draw);
    value.items.resize(kept);
    value.items.insert(value.items.end(), other.items.begin() + static_cast<std::ptrdiff_t>(from),
                       other.items.end());
}

}  // namespace

void mutate(std::vector<Value>& arguments, Draw& draw) {
    if (arguments.empty()) return;
    const std::vector<Length> lengths = lengths_in(arguments);
    for (size_t changes = 1 + below(most_changes, draw); changes > 0; --changes) {
        // An argument first: a long list would leave the numbers beside it alone.
        Value& argument = arguments[below(arguments.size(), draw)];
        std::vector<Value*> within;
        collect(argument, within);
        Value& chosen = one_in(3, draw) ? argument : *within[below(within.size(), draw)];
        change(chosen, all_in(arguments), draw);
    }
    if (!one_in(8, draw)) keep(lengths, arguments);
}

void cross(std::vector<Value>& arguments, const std::vector<Value>& others, Draw& draw) {
    if (arguments.size() != others.size() || arguments.empty()) return;
    const std::vector<Length> lengths = lengths_in(arguments);
    const size_t at = below(arguments.size(), draw);
    Value& value = arguments[at];
    const Value& other = others[at];
    if (value.kind == other.kind && value.holds_items() && value.kind != Kind::tuple &&
        !one_in(3, draw))
        splice(value, other, draw);
    else
        value = other;
    keep(lengths, arguments);
}

}  // namespace perfbot_driver
