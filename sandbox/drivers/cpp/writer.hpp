// The wire's bytes as they are written; see wire.py, whose dialect this is.
#ifndef PERFBOT_DRIVER_WRITER_HPP
#define PERFBOT_DRIVER_WRITER_HPP

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "abi.hpp"

namespace perfbot_driver {

struct Writer {
    Writer() = default;
    std::string data;
    uint64_t objects = 0;  // with an identity, so far
    std::map<std::pair<const void*, const void*>, uint64_t> known;
    std::vector<size_t> marks;
    std::vector<size_t> order;
    std::string unreadable;  // why, where something could not be written

    void head(unsigned major, uint64_t number);
    void raw(const std::string& bytes) { data += bytes; }
    void null() { data += '\xf6'; }
    void boolean(bool value) { data += value ? '\xf5' : '\xf4'; }
    void bytes(const std::string& value);
    void text(const char* value, size_t size);
    void text(const std::string& value) { text(value.data(), value.size()); }
    // A list or dict of its own identity.
    void list(uint64_t count);
    void dict(uint64_t count);
};

bool is_utf8(const char* data, size_t size);

// `data`, or its SHA-256 where it is long: as `wire.seal`.
std::string sealed(const std::string& data);

}  // namespace perfbot_driver

#endif
