#include "writer.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <numeric>

#include "sha256.hpp"

namespace perfbot_driver {

constexpr uint64_t tag_shareable = 28, tag_shared = 29, tag_bignum = 2, tag_negative_bignum = 3;
constexpr size_t seal_bytes = 1 << 20;

void Writer::head(unsigned major, uint64_t number) {
    const char first = static_cast<char>(major << 5);
    if (number < 24) {
        data += static_cast<char>(first | static_cast<char>(number));
        return;
    }
    const int width = number < 0x100 ? 1 : number < 0x10000 ? 2 : number < 0x100000000 ? 4 : 8;
    data += static_cast<char>(first | (width == 1 ? 24 : width == 2 ? 25 : width == 4 ? 26 : 27));
    for (int at = width - 1; at >= 0; --at) data += static_cast<char>(number >> (8 * at));
}

void Writer::bytes(const std::string& value) {
    head(2, value.size());
    data += value;
}

void Writer::text(const char* value, size_t size) {
    head(is_utf8(value, size) ? 3 : 2, size);
    data.append(value, size);
}

void Writer::list(uint64_t count) {
    perfbot_driver_shareable(this, nullptr, nullptr);
    head(4, count);
}

void Writer::dict(uint64_t count) {
    perfbot_driver_shareable(this, nullptr, nullptr);
    head(5, count);
}

// As Python decodes it: no surrogates, no overlong forms.
bool is_utf8(const char* data, size_t size) {
    const auto* at = reinterpret_cast<const unsigned char*>(data);
    const auto* end = at + size;
    while (at < end) {
        const unsigned char first = *at++;
        if (first < 0x80) continue;
        const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4 || end - at < more) return false;
        const unsigned char second = *at;
        if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
            (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F))
            return false;
        for (int left = more; left > 0; --left)
            if ((*at++ & 0xC0) != 0x80) return false;
    }
    return true;
}

std::string sealed(const std::string& data) {
    if (data.size() <= seal_bytes) return data;
    std::string found = "sha256:" + sha256(data);
    for (int at = 7; at >= 0; --at)
        found += static_cast<char>(static_cast<uint64_t>(data.size()) >> (8 * at));
    return found;
}

extern "C" {

void perfbot_driver_head(Writer* to, unsigned major, uint64_t number) { to->head(major, number); }

void perfbot_driver_raw(Writer* to, const void* data, size_t size) {
    to->data.append(static_cast<const char*>(data), size);
}

void perfbot_driver_integer(Writer* to, int64_t value) {
    if (value < 0) to->head(1, ~static_cast<uint64_t>(value));
    else to->head(0, static_cast<uint64_t>(value));
}

void perfbot_driver_huge(Writer* to, bool negative, const unsigned char* magnitude, size_t size) {
    to->head(6, negative ? tag_negative_bignum : tag_bignum);
    to->head(2, size);
    to->data.append(reinterpret_cast<const char*>(magnitude), size);
}

void perfbot_driver_float(Writer* to, double value) {
    uint64_t bits = 0x7FF8000000000000;
    if (value == value) std::memcpy(&bits, &value, sizeof bits);
    to->data += '\xfb';
    for (int at = 7; at >= 0; --at) to->data += static_cast<char>(bits >> (8 * at));
}

void perfbot_driver_long_float(Writer* to, const long double* value) {
    char text[64];
    const long double number = *value == *value ? *value : __builtin_nanl("");
    const int size = std::snprintf(text, sizeof text, "%La", number);
    to->text(text, static_cast<size_t>(size));
}

void perfbot_driver_unreadable(Writer* to, const char* reason) {
    if (to->unreadable.empty()) to->unreadable = reason;
}

void perfbot_driver_callers(const void* memory) {
#if defined(__SANITIZE_ADDRESS__)
    static auto* all = new std::vector<const void*>;
    all->push_back(memory);
#endif
    (void)memory;
}

void perfbot_driver_text(Writer* to, const char* data, size_t size) { to->text(data, size); }

bool perfbot_driver_shareable(Writer* to, const void* address, const void* type) {
    if (address != nullptr) {
        const auto found = to->known.find({address, type});
        if (found != to->known.end()) {
            to->head(6, tag_shared);
            to->head(0, found->second);
            return false;
        }
        to->known[{address, type}] = to->objects;
    }
    ++to->objects;
    to->head(6, tag_shareable);
    return true;
}

Writer* perfbot_driver_open_apart(void) { return new Writer; }

void perfbot_driver_mark(Writer* apart) { apart->marks.push_back(apart->data.size()); }

const size_t* perfbot_driver_order(Writer* apart) {
    const auto begin = [&](size_t at) { return at == 0 ? 0 : apart->marks[at - 1]; };
    apart->order.resize(apart->marks.size());
    std::iota(apart->order.begin(), apart->order.end(), size_t{0});
    std::sort(apart->order.begin(), apart->order.end(), [&](size_t one, size_t other) {
        return apart->data.compare(begin(one), apart->marks[one] - begin(one), apart->data,
                                   begin(other), apart->marks[other] - begin(other)) < 0;
    });
    return apart->order.data();
}

void perfbot_driver_close_apart(Writer* apart) { delete apart; }

}  // extern "C"

}  // namespace perfbot_driver
