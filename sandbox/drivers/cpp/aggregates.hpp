// Plain structs, member by member.
#ifndef PERFBOT_DRIVER_AGGREGATES_HPP
#define PERFBOT_DRIVER_AGGREGATES_HPP

#include "codec.hpp"

namespace perfbot_driver {

// Stands for a value of any type, where only the compiler looks.
struct Anything {
    template <class T> operator T() const;
};
template <size_t> using AnythingAt = Anything;

template <class T, class Before, class Nested, class After, class = void>
struct takes : std::false_type {};
template <class T, size_t... before, size_t... nested, size_t... after>
struct takes<T, Places<before...>, Places<nested...>, Places<after...>,
             void_of<decltype(T{AnythingAt<before>()..., {AnythingAt<nested>()...},
                                AnythingAt<after>()...})>> : std::true_type {};
template <class T, class All, class = void> struct takes_flat : std::false_type {};
template <class T, size_t... at>
struct takes_flat<T, Places<at...>, void_of<decltype(T{AnythingAt<at>()...})>> : std::true_type {};

template <size_t count> using places_to = typename PlacesTo<count>::type;

// How many initialisers the struct takes at most; the items of its arrays count one by one.
template <class T, size_t most> constexpr size_t initialisers() {
    if constexpr (takes_flat<T, places_to<most>>::value) return most;
    else if constexpr (most > 0) return initialisers<T, most - 1>();
    else return 0;
}

// How many of `all` initialisers the member takes that begins at the initialiser `at`: more than
// one for an array alone. A class takes several in braces too, but then leaves room for more.
template <class T, size_t at, size_t all, size_t tried> constexpr size_t width() {
    if constexpr (tried <= 1) return 1;
    else if constexpr (takes<T, places_to<at>, places_to<tried>,
                             places_to<all - at - tried>>::value &&
                       !takes<T, places_to<at>, places_to<tried>,
                              places_to<all - at - tried + 1>>::value)
        return tried;
    else return width<T, at, all, tried - 1>();
}

template <class T, size_t at, size_t all> constexpr size_t members_from() {
    if constexpr (at >= all) return 0;
    else return 1 + members_from<T, at + width<T, at, all, all - at>(), all>();
}

constexpr size_t most_initialisers = 64, most_members = 20;

// The number of members, by how it can be initialised.
// Source: the idea of Boost.PFR's `detail::fields_count`, and of reflect-cpp for arrays.
template <class T> constexpr size_t member_count() {
    constexpr size_t all = initialisers<T, most_initialisers>();
    return members_from<T, 0, all>();
}

template <class Visit, class... Members> void in_turn(const Visit& visit, Members&... members) {
    int done[] = {(visit(members), 0)...};
    (void)done;
}

template <class T, class Visit> void each_member(T& value, const Visit& visit) {
    constexpr size_t count = member_count<typename std::remove_const<T>::type>();
    static_assert(count > 0 && count <= most_members,
                  "perfbot: a struct of this many members cannot be passed");
    if constexpr (count == 1) {
        auto& [a] = value;
        in_turn(visit, a);
    } else if constexpr (count == 2) {
        auto& [a, b] = value;
        in_turn(visit, a, b);
    } else if constexpr (count == 3) {
        auto& [a, b, c] = value;
        in_turn(visit, a, b, c);
    } else if constexpr (count == 4) {
        auto& [a, b, c, d] = value;
        in_turn(visit, a, b, c, d);
    } else if constexpr (count == 5) {
        auto& [a, b, c, d, e] = value;
        in_turn(visit, a, b, c, d, e);
    } else if constexpr (count == 6) {
        auto& [a, b, c, d, e, f] = value;
        in_turn(visit, a, b, c, d, e, f);
    } else if constexpr (count == 7) {
        auto& [a, b, c, d, e, f, g] = value;
        in_turn(visit, a, b, c, d, e, f, g);
    } else if constexpr (count == 8) {
        auto& [a, b, c, d, e, f, g, h] = value;
        in_turn(visit, a, b, c, d, e, f, g, h);
    } else if constexpr (count == 9) {
        auto& [a, b, c, d, e, f, g, h, i] = value;
        in_turn(visit, a, b, c, d, e, f, g, h, i);
    } else if constexpr (count == 10) {
        auto& [a, b, c, d, e, f, g, h, i, j] = value;
        in_turn(visit, a, b, c, d, e, f, g, h, i, j);
    } else if constexpr (count == 11) {
        auto& [a, b, c, d, e, f, g, h, i, j, k] = value;
        in_turn(visit, a, b, c, d, e, f, g, h, i, j, k);
    } else if constexpr (count == 12) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l] = value;
        in_turn(visit, a, b, c, d, e, f, g, h, i, j, k, l);
    } else if constexpr (count == 13) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = value;
        in_turn(visit, a, b, c, d, e, f, g, h, i, j, k, l, m);
    } else if constexpr (count == 14) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = value;
        in_turn(visit, a, b, c, d, e, f, g, h, i, j, k, l, m, n);
    } else if constexpr (count == 15) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = value;
        in_turn(visit, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
    } else if constexpr (count == 16) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = value;
        in_turn(visit, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
    } else if constexpr (count == 17) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = value;
        in_turn(visit, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
    } else if constexpr (count == 18) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r] = value;
        in_turn(visit, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r);
    } else if constexpr (count == 19) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s] = value;
        in_turn(visit, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s);
    } else if constexpr (count == 20) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = value;
        in_turn(visit, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t);
    }
}

template <class T> struct Codec<T, Form::aggregate> {
    static void describe(Writer* to, bool frozen) {
        static int depth = 0;
        if (depth > 1) {  // it holds itself: enough is told
            say(to, "None");
            return;
        }
        ++depth;
        say(to, "tuple[");
        bool first = true;
        // No object is looked at, only its members' types.
        alignas(T) unsigned char memory[sizeof(T)];
        each_member(*reinterpret_cast<T*>(memory), [&](auto& member) {
            if (!first) say(to, ", ");
            first = false;
            Codec<bare<decltype(member)>>::describe(to, frozen);
        });
        say(to, "]");
        --depth;
    }
    static void decode(T& value, const Node& given, Keep& keep) {
        const Node& node = plain(given);
        const bool fits = node.kind == Kind::tuple || node.kind == Kind::list;
        if (!fits || node.items == nullptr || node.count != member_count<T>()) refuse<T>(node);
        size_t at = 0;
        each_member(value, [&](auto& member) {
            Codec<bare<decltype(member)>>::decode(member, node.items[at++], keep);
        });
    }
    static void encode(const Out& out, const T& value) {
        out.tuple(member_count<T>());
        each_member(value, [&](const auto& member) {
            Codec<bare<decltype(member)>>::encode(out, member);
        });
    }
};

}  // namespace perfbot_driver

#endif
