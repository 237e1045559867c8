// Values of several types: tuples, plain structs, optionals, variants, pointers; wide numbers.
#ifndef PERFBOT_DRIVER_CLASSES_HPP
#define PERFBOT_DRIVER_CLASSES_HPP

#include "codec.hpp"
#include "containers.hpp"

namespace perfbot_driver {

template <size_t... at> struct Places {};
template <size_t count, size_t... at> struct PlacesTo : PlacesTo<count - 1, count - 1, at...> {};
template <size_t... at> struct PlacesTo<0, at...> { using type = Places<at...>; };

template <class T> struct Codec<T, Form::tuple> {
    static constexpr size_t size = std::tuple_size<T>::value;
    template <size_t at> using Part = bare<typename std::tuple_element<at, T>::type>;
    using All = typename PlacesTo<size>::type;

    static void describe(Writer* to, bool frozen) {
        say(to, "tuple[");
        if (size == 0) say(to, "()");
        describe_parts(to, frozen, All());
        say(to, "]");
    }
    static void decode(T& value, const Node& given, Keep& keep) {
        const Node& node = plain(given);
        if (!is_items(node) || node.kind == Kind::set || node.count != size) refuse<T>(node);
        decode_parts(value, node, keep, All());
    }
    static void encode(const Out& out, const T& value) {
        out.tuple(size);
        encode_parts(out, value, All());
    }

private:
    template <size_t... at> static void describe_parts(Writer* to, bool frozen, Places<at...>) {
        int in_turn[] = {0, (at ? say(to, ", ") : void(),
                             Codec<Part<at>>::describe(to, frozen), 0)...};
        (void)in_turn;
    }
    template <size_t... at>
    static void decode_parts(T& value, const Node& node, Keep& keep, Places<at...>) {
        int in_turn[] = {0, (decode_part(std::get<at>(value), node, at, keep), 0)...};
        (void)in_turn;
    }
    template <class P> static void decode_part(P& part, const Node& node, size_t at, Keep& keep) {
        if (node.items == nullptr) Codec<P>::decode(part, packed_at(node, at), keep);
        else Codec<P>::decode(part, node.items[at], keep);
    }
    template <size_t... at>
    static void encode_parts(const Out& out, const T& value, Places<at...>) {
        int in_turn[] = {0, (Codec<Part<at>>::encode(out, std::get<at>(value)), 0)...};
        (void)in_turn;
    }
};

template <class T> struct Codec<T, Form::optional> {
    using Item = bare<decltype(*made<T>())>;
    static void describe(Writer* to, bool frozen) {
        Codec<Item>::describe(to, frozen);
        say(to, " | None");
    }
    static void decode(T& value, const Node& node, Keep& keep) {
        value.reset();
        if (node.kind == Kind::null) return;
        value.emplace();
        Codec<Item>::decode(*value, node, keep);
    }
    static void encode(const Out& out, const T& value) {
        if (value.has_value()) Codec<Item>::encode(out, *value);
        else out.null();
    }
};

template <class T> struct Codec<T, Form::owner> {
    using Item = typename std::remove_cv<typename T::element_type>::type;
    static void describe(Writer* to, bool frozen) {
        static int depth = 0;
        if (depth > 0) {  // it holds itself
            say(to, "None");
            return;
        }
        ++depth;
        Codec<Item>::describe(to, frozen);
        --depth;
        say(to, " | None");
    }
    static void decode(T& value, const Node& given, Keep& keep) {
        const Node& node = given;
        value.reset();
        if (node.kind == Kind::null) return;
        Item* item = new Item;
        value.reset(item);
        Codec<Item>::decode(*item, node, keep);
    }
    static void encode(const Out& out, const T& value) {
        if (value.get() != nullptr) Codec<Item>::encode(out, *value);
        else out.null();
    }
};

// Links of a chain longer than this are told by nothing: Python's values are no deeper.
constexpr int most_links = 150;

template <class T> struct Codec<T, Form::pointer> {
    using Item = bare<decltype(*made<T>())>;
    static void describe(Writer* to, bool frozen) {
        static int depth = 0;
        if (depth > 0) {  // a link of a chain
            say(to, "None");
            return;
        }
        ++depth;
        Codec<Item>::describe(to, frozen);
        --depth;
        if (std::is_class<Item>::value) say(to, " | None");
    }
    static void decode(T& value, const Node& node, Keep& keep) {
        value = nullptr;
        if (node.kind == Kind::null) return;
        Item* own = keep.objects<Item>(1);
        Codec<Item>::decode(*own, node, keep);
        value = own;
    }
    static void encode(const Out& out, const T& value) {
        static int depth = 0;
        if (depth > most_links)
            perfbot_driver_unreadable(out.to, "a chain of pointers that is too long");
        else if (value != nullptr) {
            ++depth;
            Codec<Item>::encode(out, *value);
            --depth;
            return;
        }
        out.null();
    }
};

// A variant takes the first alternative that fits.
template <class V> struct Alternatives;
template <template <class...> class V, class... T> struct Alternatives<V<T...>> {
    static void describe(Writer* to, bool frozen) {
        bool first = true;
        int in_turn[] = {0, (first ? void(first = false) : say(to, " | "),
                             Codec<T>::describe(to, frozen), 0)...};
        (void)in_turn;
    }
    static bool decode(V<T...>& value, const Node& node, Keep& keep) {
        bool done = false;
        int in_turn[] = {0, (done = done || take<T>(value, node, keep), 0)...};
        (void)in_turn;
        return done;
    }
    static void encode(const Out& out, const V<T...>& value) {
        out.tuple(2);
        perfbot_driver_head(out.to, 0, value.index());
        encode_from<0, T...>(out, value);
    }

private:
    template <class A> static bool take(V<T...>& value, const Node& node, Keep& keep) {
        // Exact kinds first: true is no int here, and 1 is no float.
        if (std::is_integral<A>::value && !std::is_same<A, bool>::value &&
            node.kind == Kind::boolean)
            return false;
        if (std::is_floating_point<A>::value && node.kind != Kind::floating) return false;
        try {
            A taken{};
            Codec<A>::decode(taken, node, keep);
            value = V<T...>(std::move(taken));
            return true;
        } catch (const Refused&) {
            return false;
        }
    }
    template <size_t at, class A, class... B>
    static void encode_from(const Out& out, const V<T...>& value) {
        if (value.index() == at) Codec<A>::encode(out, std::get<at>(value));
        else encode_from<at + 1, B...>(out, value);
    }
    template <size_t at> static void encode_from(const Out& out, const V<T...>&) { out.null(); }
};

template <class T> struct Codec<T, Form::variant> {
    static void describe(Writer* to, bool frozen) { Alternatives<T>::describe(to, frozen); }
    static void decode(T& value, const Node& node, Keep& keep) {
        if (!Alternatives<T>::decode(value, node, keep)) refuse<T>(plain(node));
    }
    // Which alternative it is shows, even where several look alike.
    static void encode(const Out& out, const T& value) { Alternatives<T>::encode(out, value); }
};

template <class T> struct Codec<T, Form::complex> {
    using Part = typename T::value_type;
    static void describe(Writer* to, bool) { say(to, "complex"); }
    static void decode(T& value, const Node& node, Keep& keep) {
        Part real{}, imaginary{};
        if (node.kind == Kind::complex) {
            Codec<Part>::decode(real, node.items[0], keep);
            Codec<Part>::decode(imaginary, node.items[1], keep);
        } else if (node.kind == Kind::floating || node.kind == Kind::integer) {
            Codec<Part>::decode(real, node, keep);
        } else {
            refuse<T>(node);
        }
        value = T(real, imaginary);
    }
    static void encode(const Out& out, const T& value) {
        perfbot_driver_head(out.to, 6, tag_complex);
        perfbot_driver_head(out.to, 4, 2);
        Codec<Part>::encode(out, value.real());
        Codec<Part>::encode(out, value.imag());
    }
};

template <class T> struct Codec<T, Form::bit_set> {
    static size_t size() { return T().size(); }
    static void describe(Writer* to, bool frozen) {
        say(to, "Annotated[");
        describe_list<bool>(to, frozen);
        say(to, ", annotated_types.Len(");
        say_number(to, size());
        say(to, ", ");
        say_number(to, size());
        say(to, ")]");
    }
    // The bit of the lowest place first.
    static void decode(T& value, const Node& node, Keep& keep) {
        if (count_of<T>(node) != size()) refuse<T>(plain(node));
        size_t at = 0;
        each_item<T, false>(node, [&](const Node& item) {
            bool bit;
            Codec<bool>::decode(bit, item, keep);
            value.set(at++, bit);
        });
    }
    static void encode(const Out& out, const T& value) {
        if (!out.begin(&value, TypeMark<T>::mark(), 0, tag_tuple)) return;
        perfbot_driver_head(out.to, 4, size());
        for (size_t at = 0; at < size(); ++at) Codec<bool>::encode(out, value[at]);
    }
};

// 128 bits.
template <class T> struct Codec<T, Form::wide_integer> {
    static constexpr bool is_signed = T(-1) < T(0);
    static void describe(Writer* to, bool) {
        say(to, "Annotated[int, annotated_types.Ge(");
        say(to, is_signed ? "-170141183460469231731687303715884105728" : "0");
        say(to, "), annotated_types.Le(");
        say(to, is_signed ? "170141183460469231731687303715884105727"
                          : "340282366920938463463374607431768211455");
        say(to, ")]");
    }
    static void decode(T& value, const Node& node, Keep&) {
        unsigned __int128 magnitude = 0;
        bool fits = node.kind == Kind::integer || node.kind == Kind::boolean;
        if (fits) magnitude = node.number;
        if (node.kind == Kind::huge) {
            fits = node.size <= 16;
            for (size_t at = 0; fits && at < node.size; ++at)
                magnitude = magnitude << 8 | static_cast<unsigned char>(node.data[at]);
        }
        fits = fits && (is_signed ? magnitude >> 127 == 0 : !node.negative);
        if (!fits) refuse<T>(node);
        value = static_cast<T>(node.negative ? ~magnitude : magnitude);
    }
    static void encode(const Out& out, const T& value) {
        const bool negative = value < T(0);
        unsigned __int128 magnitude = static_cast<unsigned __int128>(value);
        if (negative) magnitude = ~magnitude;
        if (magnitude >> 64 == 0) {
            perfbot_driver_head(out.to, negative, static_cast<uint64_t>(magnitude));
            return;
        }
        unsigned char bytes[16];
        size_t size = 0;
        for (int shift = 120; shift >= 0; shift -= 8)
            if (size > 0 || magnitude >> shift != 0)
                bytes[size++] = static_cast<unsigned char>(magnitude >> shift);
        perfbot_driver_huge(out.to, negative, bytes, size);
    }
};

// More bits than Python's: a text in hexadecimal, as C prints it by %La.
template <class T> struct Codec<T, Form::long_floating> {
    static void describe(Writer* to, bool) { say(to, "float"); }
    static void decode(T& value, const Node& node, Keep&) {
        if (node.kind == Kind::text && node.size < 64) {
            char text[64];
            ::memcpy(text, node.data, node.size);
            text[node.size] = 0;
            char* end = text;
            value = ::strtold(text, &end);
            if (end == text || *end != 0) refuse<T>(node);
        } else if (node.kind == Kind::integer) {
            value = static_cast<T>(node.number);
            if (node.negative) value = -value - 1;
        } else {
            value = Codec<double>::number(node);
        }
    }
    static void encode(const Out& out, const T& value) {
        perfbot_driver_long_float(out.to, &value);
    }
};

}  // namespace perfbot_driver

#include "aggregates.hpp"

#endif
