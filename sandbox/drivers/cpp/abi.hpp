// What a version's library and the driver program say to each other; plain C, so that either may
// be of another compiler or standard library.
#ifndef PERFBOT_DRIVER_ABI_HPP
#define PERFBOT_DRIVER_ABI_HPP

#include <stddef.h>
#include <stdint.h>

namespace perfbot_driver {

enum class Kind : unsigned char {
    null, boolean, integer, huge, floating, text, bytes, list, tuple, set, dict,
    packed_integers, packed_floats, complex, shared, other,
};

// One value of the wire. Its items lie side by side; a dict's are key, value, key, value.
struct Node {
    Kind kind;
    bool negative;         // integer: the value is -1 - number
    uint64_t number;       // boolean, integer; floating and complex: the bits of a double
    const char* data;      // text, bytes; huge: big-endian magnitude; packed: 8 bytes each
    size_t size;           // of data, in bytes
    const Node* items;     // list, tuple, set, dict, complex
    size_t count;          // of items; packed: of numbers
    const Node* referred;  // shared: the value that it is
};

struct Writer;  // the driver's; a library only passes it on
struct Call;    // the library's: decoded arguments and, later, a result

constexpr int abi_version = 2;

// What a library exports by the one name `perfbot_driver_entry`.
struct Entry {
    int version;
    // Lines of text: what goes in and comes out (see signature.py).
    void (*describe)(Writer*);
    // Null where the arguments do not fit; then the reason is written.
    Call* (*make)(const Node* arguments, size_t count, Writer* reason);
    // False when it raised.
    bool (*run)(Call*);
    void (*write_value)(Call*, Writer*);
    void (*write_arguments)(Call*, Writer*);
    void (*destroy)(Call*);
    void (*dump_coverage)(bool reset);
};

// What the driver defines for libraries.
extern "C" {
void perfbot_driver_head(Writer*, unsigned major, uint64_t number);
void perfbot_driver_raw(Writer*, const void* data, size_t size);
void perfbot_driver_integer(Writer*, int64_t value);
void perfbot_driver_huge(Writer*, bool negative, const unsigned char* magnitude, size_t size);
void perfbot_driver_float(Writer*, double value);
void perfbot_driver_long_float(Writer*, const long double* value);
// Text where it is UTF-8, else bytes.
void perfbot_driver_text(Writer*, const char* data, size_t size);
// Marks what follows as an object with an identity. False where it was written before: then a
// reference was written instead of it.
bool perfbot_driver_shareable(Writer*, const void* address, const void* type);
// To put items in the order of their bytes: write each to `apart`, with a mark after it.
Writer* perfbot_driver_open_apart(void);
void perfbot_driver_mark(Writer* apart);
const size_t* perfbot_driver_order(Writer* apart);
void perfbot_driver_close_apart(Writer* apart);
// What was to be written cannot be: the call has no outcome that could be compared.
void perfbot_driver_unreadable(Writer*, const char* reason);
// Keeps what a caller would free out of the reports of leaks.
void perfbot_driver_callers(const void* memory);
// The exception being handled: ["c++", type, args, {}] with its tags.
void perfbot_driver_exception(Writer*);
}

}  // namespace perfbot_driver

#endif
