// How values of a type are described, read from the wire and written to it.
#ifndef PERFBOT_DRIVER_CODEC_HPP
#define PERFBOT_DRIVER_CODEC_HPP

#include <stdlib.h>
#include <string.h>

#include <new>

#include "abi.hpp"
#include "forms.hpp"

namespace perfbot_driver {

constexpr uint64_t tag_tuple = 47000, tag_frozenset = 47001, tag_set = 258, tag_complex = 47004,
                   tag_packed_integers = 47016, tag_packed_floats = 47017;
constexpr size_t pack_from = 16;

// A value that does not fit: the type that was wanted, and what came.
struct Refused {
    Node node;
    void (*describe)(Writer*);
};

// Memory that lives as long as the call: what views and pointers look at.
class Keep {
public:
    Keep() : first(nullptr) {}
    Keep(const Keep&) = delete;
    ~Keep() {
        while (first != nullptr) {
            Block* block = first;
            first = block->next;
            if (block->end != nullptr) block->end(block->memory, block->count);
            ::free(block->memory);
            delete block;
        }
    }

    // As many bytes as asked for and no more, so that a sanitizer sees what lies beyond.
    char* bytes(size_t size) {
        Block* block = new Block{first, ::malloc(size ? size : 1), 0, nullptr};
        first = block;
        ::memset(block->memory, 0xA5, size);
        return static_cast<char*>(block->memory);
    }

    // Default-initialised: numbers in it hold what nobody wrote.
    template <class T> T* objects(size_t count) {
        static_assert(alignof(T) <= alignof(max_align_t), "an alignment that malloc does not give");
        T* found = reinterpret_cast<T*>(bytes(count * sizeof(T)));
        for (size_t at = 0; at < count; ++at) {
            ::new (static_cast<void*>(found + at)) T;
            first->count = at + 1;
        }
        if (!std::is_trivially_destructible<T>::value) first->end = &destroy<T>;
        return found;
    }

private:
    struct Block {
        Block* next;
        void* memory;
        size_t count;
        void (*end)(void*, size_t);
    };
    template <class T> static void destroy(void* memory, size_t count) {
        for (size_t at = 0; at < count; ++at) static_cast<T*>(memory)[at].~T();
    }
    Block* first;
};

// Where values go. Frozen: inside a set or a key, where Python's values cannot change.
struct Out {
    Writer* to;
    bool frozen;
    const void* whole = nullptr;  // an argument, or what a result refers to: it has an identity

    Out(Writer* to_, bool frozen_, const void* whole_ = nullptr)
        : to(to_), frozen(frozen_), whole(whole_) {}

    // Begins a list, set or dict. False where it is one that was written before.
    bool begin(const void* address, const void* type, uint64_t tag = 0,
               uint64_t frozen_tag = 0) const {
        if (frozen) {
            if (frozen_tag != 0) perfbot_driver_head(to, 6, frozen_tag);
            return true;
        }
        if (!perfbot_driver_shareable(to, address == whole ? address : nullptr, type)) return false;
        if (tag != 0) perfbot_driver_head(to, 6, tag);
        return true;
    }
    void tuple(size_t count) const {
        perfbot_driver_head(to, 6, tag_tuple);
        perfbot_driver_head(to, 4, count);
    }
    void null() const { perfbot_driver_raw(to, "\xf6", 1); }
};

inline void say(Writer* to, const char* text) { perfbot_driver_raw(to, text, ::strlen(text)); }

inline void say_number(Writer* to, uint64_t number, bool negative = false) {
    char text[24];
    char* at = text + sizeof text;
    *--at = 0;
    do *--at = static_cast<char>('0' + number % 10);
    while (number /= 10);
    if (negative) *--at = '-';
    say(to, at);
}

// Each type has an address of its own.
template <class T> struct TypeMark {
    static const void* mark() {
        static char here;
        return &here;
    }
};

template <class T, Form form = form_of<T>()> struct Codec;

template <class T> struct Codec<T, Form::unsupported> {
    static_assert(form_of<T>() != Form::unsupported,
                  "perfbot: values of this type cannot be passed");
    static void describe(Writer* to, bool);
    static void decode(T& value, const Node& node, Keep&);
    static void encode(const Out& out, const T& value);
};

template <class T> void describe_frozen(Writer* to) { Codec<T>::describe(to, true); }
template <class T> void describe_open(Writer* to) { Codec<T>::describe(to, false); }

template <class T> [[noreturn]] void refuse(const Node& node) {
    throw Refused{node, &describe_open<T>};
}

inline const Node& plain(const Node& node) {
    return node.kind == Kind::shared ? *node.referred : node;
}

template <class T> struct Codec<T, Form::boolean> {
    static void describe(Writer* to, bool) { say(to, "bool"); }
    static void decode(T& value, const Node& node, Keep&) {
        if (node.kind != Kind::boolean) refuse<T>(node);
        value = node.number != 0;
    }
    static void encode(const Out& out, const T& value) {
        perfbot_driver_raw(out.to, value ? "\xf5" : "\xf4", 1);
    }
};

template <class T> struct IntegerLimits {
    static constexpr bool is_signed = T(-1) < T(0);
    static constexpr unsigned bits = sizeof(T) * 8 - (is_signed ? 1 : 0);
    static constexpr uint64_t most = bits == 64 ? ~uint64_t(0) : (uint64_t(1) << bits % 64) - 1;
};

template <class T> struct Codec<T, Form::integer> {
    using Limits = IntegerLimits<T>;
    static constexpr int packs = 1;
    static void describe(Writer* to, bool) {
        say(to, "Annotated[int, annotated_types.Ge(");
        if (Limits::is_signed) {
            say(to, "-");
            say_number(to, Limits::most + 1);
        } else {
            say(to, "0");
        }
        say(to, "), annotated_types.Le(");
        say_number(to, Limits::most);
        say(to, ")]");
    }
    static bool fits(bool negative, uint64_t number) {
        return number <= Limits::most && (Limits::is_signed || !negative);
    }
    static void decode(T& value, const Node& node, Keep&) {
        bool whole = node.kind == Kind::integer || node.kind == Kind::boolean;
        bool negative = node.kind == Kind::integer && node.negative;
        if (!whole || !fits(negative, node.number)) refuse<T>(node);
        value = static_cast<T>(negative ? ~node.number : node.number);
    }
    static void encode(const Out& out, const T& value) {
        if (Limits::is_signed) perfbot_driver_integer(out.to, static_cast<int64_t>(value));
        else perfbot_driver_head(out.to, 0, static_cast<uint64_t>(value));
    }
};

template <class T> struct Codec<T, Form::character> {
    using Number = Codec<T, Form::integer>;
    static void describe(Writer* to, bool frozen) { Number::describe(to, frozen); }
    static void decode(T& value, const Node& node, Keep& keep) {
        if (node.kind == Kind::text && node.size == 1) value = node.data[0];
        else Number::decode(value, node, keep);
    }
    // A text where a person would write one.
    static void encode(const Out& out, const T& value) {
        if (value >= 32 && value < 127) perfbot_driver_text(out.to, &value, 1);
        else Number::encode(out, value);
    }
};

template <class T> struct Codec<T, Form::floating> {
    static constexpr int packs = 2;
    static void describe(Writer* to, bool) { say(to, "float"); }
    static double number(const Node& node) {
        double value = 0;
        if (node.kind == Kind::floating) ::memcpy(&value, &node.number, sizeof value);
        else if (node.kind == Kind::integer || node.kind == Kind::boolean)
            value = node.negative ? -static_cast<double>(node.number) - 1
                                  : static_cast<double>(node.number);
        else refuse<T>(node);
        return value;
    }
    static void decode(T& value, const Node& node, Keep&) { value = narrowed(number(node)); }
    static void encode(const Out& out, const T& value) {
        perfbot_driver_float(out.to, static_cast<double>(value));
    }

private:
    // What lies beyond a float is infinite; to convert it would be undefined.
    static T narrowed(double value) {
        constexpr double most = sizeof(T) == 4 ? 3.4028235677973366e+38 : 0;
        if (sizeof(T) == 4 && value >= most) return static_cast<T>(__builtin_inf());
        if (sizeof(T) == 4 && value <= -most) return -static_cast<T>(__builtin_inf());
        return static_cast<T>(value);
    }
};

template <class T> struct Codec<T, Form::enumeration> {
    using Number = typename std::underlying_type<T>::type;
    static void describe(Writer* to, bool frozen) { Codec<Number>::describe(to, frozen); }
    static void decode(T& value, const Node& node, Keep& keep) {
        Number number;
        Codec<Number>::decode(number, node, keep);
        value = static_cast<T>(number);
    }
    static void encode(const Out& out, const T& value) {
        Codec<Number>::encode(out, static_cast<Number>(value));
    }
};

template <class T> struct Codec<T, Form::nothing> {
    static void describe(Writer* to, bool) { say(to, "None"); }
    static void decode(T&, const Node& node, Keep&) {
        bool empty = node.kind == Kind::tuple && node.count == 0;
        if (node.kind != Kind::null && !empty) refuse<T>(node);
    }
    static void encode(const Out& out, const T&) { out.null(); }
};

template <class T> struct Codec<T, Form::text> {
    static void describe(Writer* to, bool) { say(to, "str"); }
    static void decode(T& value, const Node& node, Keep&) {
        if (node.kind != Kind::text && node.kind != Kind::bytes) refuse<T>(node);
        value.assign(node.data, node.size);
    }
    static void encode(const Out& out, const T& value) {
        perfbot_driver_text(out.to, value.data(), value.size());
    }
};

template <class T> struct Codec<T, Form::text_view> {
    static void describe(Writer* to, bool) { say(to, "str"); }
    static void decode(T& value, const Node& node, Keep& keep) {
        if (node.kind != Kind::text && node.kind != Kind::bytes) refuse<T>(node);
        char* own = keep.bytes(node.size);
        ::memcpy(own, node.data, node.size);
        value = T(own, node.size);
    }
    static void encode(const Out& out, const T& value) {
        perfbot_driver_text(out.to, value.data(), value.size());
    }
};

template <class T> struct Codec<T, Form::c_string> {
    static void describe(Writer* to, bool) { say(to, "str"); }
    static void decode(T& value, const Node& node, Keep& keep) {
        value = nullptr;
        if (node.kind == Kind::null) return;
        bool fits = node.kind == Kind::text || node.kind == Kind::bytes;
        if (!fits || ::memchr(node.data, 0, node.size) != nullptr) refuse<T>(node);
        char* own = keep.bytes(node.size + 1);
        ::memcpy(own, node.data, node.size);
        own[node.size] = 0;
        value = own;
    }
    static void encode(const Out& out, const T& value) {
        if (value == nullptr) out.null();
        else perfbot_driver_text(out.to, value, ::strlen(value));
    }
};

}  // namespace perfbot_driver

#include "containers.hpp"
#include "classes.hpp"

#endif
