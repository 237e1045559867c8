// Containers, whoever wrote them, and what else holds values of other types.
#ifndef PERFBOT_DRIVER_CONTAINERS_HPP
#define PERFBOT_DRIVER_CONTAINERS_HPP

#include "codec.hpp"

namespace perfbot_driver {

template <class T>
using bare = typename std::remove_cv<typename std::remove_reference<T>::type>::type;

template <class T, class = void> struct PacksOf { static constexpr int value = 0; };
template <class T> struct PacksOf<T, void_of<decltype(Codec<T>::packs)>> {
    static constexpr int value = Codec<T>::packs;
};

inline bool is_items(const Node& node) {
    return node.kind == Kind::list || node.kind == Kind::tuple || node.kind == Kind::set ||
           node.kind == Kind::packed_integers || node.kind == Kind::packed_floats;
}

// `number` of a packed list as a value of its own.
inline Node packed_at(const Node& node, size_t at) {
    Node found{};
    ::memcpy(&found.number, node.data + 8 * at, 8);
    found.kind = node.kind == Kind::packed_integers ? Kind::integer : Kind::floating;
    if (found.kind == Kind::integer && (found.number >> 63) != 0) {
        found.negative = true;
        found.number = ~found.number;
    }
    return found;
}

// Calls `take` with each item of a list, tuple or set; bytes are small integers.
template <class T, bool takes_bytes, class Take>
void each_item(const Node& given, const Take& take) {
    const Node& node = plain(given);
    if (takes_bytes && (node.kind == Kind::bytes || node.kind == Kind::text)) {
        for (size_t at = 0; at < node.size; ++at) {
            Node byte{};
            byte.kind = Kind::integer;
            byte.number = static_cast<unsigned char>(node.data[at]);
            take(byte);
        }
    } else if (node.kind == Kind::packed_integers || node.kind == Kind::packed_floats) {
        for (size_t at = 0; at < node.count; ++at) take(packed_at(node, at));
    } else if (is_items(node)) {
        for (size_t at = 0; at < node.count; ++at) take(node.items[at]);
    } else {
        refuse<T>(node);
    }
}

template <class T> size_t count_of(const Node& given) {
    const Node& node = plain(given);
    return node.kind == Kind::bytes || node.kind == Kind::text ? node.size : node.count;
}

template <class Item, class From>
bool encode_packed(const Out& out, const From& from, size_t count) {
    if constexpr (PacksOf<Item>::value != 0) {
        constexpr bool whole = PacksOf<Item>::value == 1;
        if (count < pack_from) return false;
        if constexpr (whole && sizeof(Item) == 8 && !IntegerLimits<Item>::is_signed)
            for (const auto& item : from)
                if ((static_cast<uint64_t>(item) >> 63) != 0) return false;
        perfbot_driver_head(out.to, 6, whole ? tag_packed_integers : tag_packed_floats);
        perfbot_driver_head(out.to, 2, 8 * count);
        uint64_t words[512];
        size_t filled = 0;
        for (const auto& item : from) {
            if constexpr (whole) {
                words[filled] = static_cast<uint64_t>(static_cast<int64_t>(item));
            } else {
                double number = item == item ? static_cast<double>(item) : __builtin_nan("");
                ::memcpy(&words[filled], &number, 8);
            }
            if (++filled == 512) {
                perfbot_driver_raw(out.to, words, sizeof words);
                filled = 0;
            }
        }
        perfbot_driver_raw(out.to, words, 8 * filled);
        return true;
    }
    return false;
}

// Items in their own order, as a list of its own identity.
template <class Item, class From>
void encode_list(const Out& out, const From& from, size_t count, const void* type,
                 const void* address) {
    if (!out.begin(address, type, 0, tag_tuple)) return;
    if (encode_packed<Item>(out, from, count)) return;
    perfbot_driver_head(out.to, 4, count);
    for (const auto& item : from) Codec<Item>::encode(out, item);
}

// Items in the order of their bytes. What they are in is frozen.
template <class Item, class From, class Write>
void in_order(const Out& out, const From& from, size_t count, const Write& write) {
    const Item** items = static_cast<const Item**>(::malloc((count + 1) * sizeof(Item*)));
    Writer* apart = perfbot_driver_open_apart();
    size_t at = 0;
    for (const auto& item : from) {
        items[at++] = &item;
        write(Out{apart, true}, item, true);
        perfbot_driver_mark(apart);
    }
    const size_t* order = perfbot_driver_order(apart);
    for (at = 0; at < count; ++at) write(out, *items[order[at]], false);
    perfbot_driver_close_apart(apart);
    ::free(items);
}

template <class Item> void describe_list(Writer* to, bool frozen) {
    say(to, frozen ? "tuple[" : "list[");
    Codec<Item>::describe(to, frozen);
    say(to, frozen ? ", ...]" : "]");
}

template <class From> size_t length_of(const From& from) {
    size_t count = 0;
    for (auto at = from.begin(); at != from.end(); ++at) ++count;
    return count;
}

template <class T> struct Codec<T, Form::sequence> {
    using Item = typename T::value_type;
    static void describe(Writer* to, bool frozen) { describe_list<Item>(to, frozen); }
    static void decode(T& value, const Node& node, Keep& keep) {
        value.clear();
        each_item<T, sizeof(Item) == 1>(node, [&](const Node& item) {
            value.emplace_back();
            Codec<Item>::decode(value.back(), item, keep);
        });
    }
    static void encode(const Out& out, const T& value) {
        encode_list<Item>(out, value, value.size(), TypeMark<T>::mark(), &value);
    }
};

template <class T> struct Codec<T, Form::bits> {
    static void describe(Writer* to, bool frozen) { describe_list<bool>(to, frozen); }
    static void decode(T& value, const Node& node, Keep& keep) {
        value.clear();
        each_item<T, false>(node, [&](const Node& item) {
            bool bit;
            Codec<bool>::decode(bit, item, keep);
            value.push_back(bit);
        });
    }
    static void encode(const Out& out, const T& value) {
        if (!out.begin(&value, TypeMark<T>::mark(), 0, tag_tuple)) return;
        perfbot_driver_head(out.to, 4, value.size());
        for (bool bit : value) Codec<bool>::encode(out, bit);
    }
};

template <class T> struct Codec<T, Form::forward_sequence> {
    using Item = typename T::value_type;
    static void describe(Writer* to, bool frozen) { describe_list<Item>(to, frozen); }
    static void decode(T& value, const Node& node, Keep& keep) {
        value.clear();
        auto last = value.before_begin();
        each_item<T, false>(node, [&](const Node& item) {
            last = value.emplace_after(last);
            Codec<Item>::decode(*last, item, keep);
        });
    }
    static void encode(const Out& out, const T& value) {
        encode_list<Item>(out, value, length_of(value), TypeMark<T>::mark(), &value);
    }
};

template <class T, class = void> struct FixedSize {
    static constexpr size_t value = std::tuple_size<T>::value;
};
template <class T> struct FixedSize<T, typename std::enable_if<std::is_array<T>::value>::type> {
    static constexpr size_t value = std::extent<T>::value;
};

template <class T> struct Codec<T, Form::fixed_sequence> {
    using Item = bare<decltype(made<T>()[0])>;
    static constexpr size_t size = FixedSize<T>::value;
    static void describe(Writer* to, bool frozen) {
        say(to, "Annotated[");
        describe_list<Item>(to, frozen);
        say(to, ", annotated_types.Len(");
        say_number(to, size);
        say(to, ", ");
        say_number(to, size);
        say(to, ")]");
    }
    static void decode(T& value, const Node& node, Keep& keep) {
        if (count_of<T>(node) != size) refuse<T>(plain(node));
        size_t at = 0;
        each_item<T, sizeof(Item) == 1>(node, [&](const Node& item) {
            Codec<Item>::decode(value[at++], item, keep);
        });
    }
    static void encode(const Out& out, const T& value) {
        encode_list<Item>(out, value, size, TypeMark<T>::mark(), &value);
    }
};

// A stack, queue or priority queue: what it is made of is protected, not private.
template <class T> struct Codec<T, Form::adaptor> {
    using Item = typename T::value_type;
    using Inner = typename T::container_type;
    struct Open : T {
        static Inner& of(T& value) { return value.*(&Open::c); }
        static const Inner& of(const T& value) { return value.*(&Open::c); }
    };
    static void describe(Writer* to, bool frozen) { describe_list<Item>(to, frozen); }
    static void decode(T& value, const Node& node, Keep& keep) {
        each_item<T, false>(node, [&](const Node& node_of_item) {
            Item item{};
            Codec<Item>::decode(item, node_of_item, keep);
            value.push(std::move(item));
        });
    }
    // As popped: how a priority queue lies in memory is its own affair.
    static void encode(const Out& out, const T& value) {
        if constexpr (detected<index_like, T>::value) {
            T copy(value);
            Inner popped;
            while (!copy.empty()) {
                popped.push_back(copy.top());
                copy.pop();
            }
            encode_list<Item>(out, popped, popped.size(), TypeMark<T>::mark(), &value);
        } else {
            encode_list<Item>(out, Open::of(value), value.size(), TypeMark<T>::mark(), &value);
        }
    }

private:
    template <class Q> using index_like = typename Q::value_compare;
};

template <class T> struct Codec<T, Form::view> {
    using Item = bare<decltype(*made<const T>().begin())>;
    static void describe(Writer* to, bool frozen) { describe_list<Item>(to, frozen); }
    static void decode(T& value, const Node& node, Keep& keep) {
        size_t count = count_of<T>(node), at = 0;
        Item* own = keep.objects<Item>(count);
        each_item<T, sizeof(Item) == 1>(
            node, [&](const Node& item) { Codec<Item>::decode(own[at++], item, keep); });
        point(value, own, count);
    }
    static void encode(const Out& out, const T& value) {
        encode_list<Item>(out, value, value.size(), TypeMark<T>::mark(), &value);
    }

private:
    template <class V> static void point(V& value, Item* own, size_t count) {
        // A span of fixed extent cannot be made empty and then filled.
        value.~V();
        ::new (static_cast<void*>(&value)) V(own, count);
    }
    static void point(std::initializer_list<Item>& value, Item* own, size_t count) {
        // As the compiler lays it out: where it begins and how many there are.
        struct Layout { const Item* first; size_t count; } layout = {own, count};
        static_assert(sizeof layout == sizeof value, "an initializer_list of another layout");
        ::memcpy(static_cast<void*>(&value), &layout, sizeof layout);
    }
};

template <class T> struct Codec<T, Form::set> {
    using Item = typename T::key_type;
    static void describe(Writer* to, bool frozen) {
        say(to, frozen ? "frozenset[" : "set[");
        Codec<Item>::describe(to, true);
        say(to, "]");
    }
    static void decode(T& value, const Node& node, Keep& keep) {
        value.clear();
        each_item<T, false>(node, [&](const Node& node_of_item) {
            Item item{};
            Codec<Item>::decode(item, node_of_item, keep);
            value.insert(std::move(item));
        });
    }
    static void encode(const Out& out, const T& value) {
        if (!out.begin(&value, TypeMark<T>::mark(), tag_set, tag_frozenset)) return;
        perfbot_driver_head(out.to, 4, value.size());
        in_order<Item>(out, value, value.size(), [](const Out& to, const Item& item, bool) {
            Codec<Item>::encode(Out{to.to, true}, item);
        });
    }
};

// Equal keys may lie in a hash table in any order.
template <class T> struct Codec<T, Form::multiset> {
    using Item = typename T::key_type;
    static void describe(Writer* to, bool frozen) { describe_list<Item>(to, frozen); }
    static void decode(T& value, const Node& node, Keep& keep) {
        Codec<T, Form::set>::decode(value, node, keep);
    }
    static void encode(const Out& out, const T& value) {
        if constexpr (detected<hasher_of, T>::value) {
            if (!out.begin(&value, TypeMark<T>::mark(), 0, tag_tuple)) return;
            perfbot_driver_head(out.to, 4, value.size());
            in_order<Item>(out, value, value.size(), [](const Out& to, const Item& item, bool) {
                Codec<Item>::encode(Out{to.to, true}, item);
            });
        } else {
            encode_list<Item>(out, value, value.size(), TypeMark<T>::mark(), &value);
        }
    }
};

template <class T> struct Codec<T, Form::map> {
    using Key = typename T::key_type;
    using Mapped = typename T::mapped_type;
    using Pair = typename T::value_type;
    static void describe(Writer* to, bool) {
        say(to, "dict[");
        Codec<Key>::describe(to, true);
        say(to, ", ");
        Codec<Mapped>::describe(to, false);
        say(to, "]");
    }
    static void decode(T& value, const Node& given, Keep& keep) {
        const Node& node = plain(given);
        if (node.kind != Kind::dict) refuse<T>(node);
        value.clear();
        for (size_t at = 0; at < node.count; ++at) {
            Key key{};
            Mapped mapped{};
            Codec<Key>::decode(key, node.items[2 * at], keep);
            Codec<Mapped>::decode(mapped, node.items[2 * at + 1], keep);
            value.emplace(std::move(key), std::move(mapped));
        }
    }
    static void encode(const Out& out, const T& value) {
        if (!out.begin(&value, TypeMark<T>::mark())) return;
        perfbot_driver_head(out.to, 5, value.size());
        const auto write = [](const Out& to, const Pair& pair, bool key_only) {
            Codec<Key>::encode(Out{to.to, true}, pair.first);
            if (!key_only) Codec<Mapped>::encode(to, pair.second);
        };
        if constexpr (detected<hasher_of, T>::value)
            in_order<Pair>(out, value, value.size(), write);
        else
            for (const auto& pair : value) write(out, pair, false);
    }
};

template <class T> struct Codec<T, Form::multimap> {
    using Key = typename T::key_type;
    using Mapped = typename T::mapped_type;
    using Pair = typename T::value_type;
    static void describe(Writer* to, bool frozen) {
        say(to, frozen ? "tuple[tuple[" : "list[tuple[");
        Codec<Key>::describe(to, true);
        say(to, ", ");
        Codec<Mapped>::describe(to, true);
        say(to, frozen ? "], ...]" : "]]");
    }
    static void decode(T& value, const Node& node, Keep& keep) {
        value.clear();
        each_item<T, false>(node, [&](const Node& given) {
            const Node& pair = plain(given);
            bool two = (pair.kind == Kind::tuple || pair.kind == Kind::list) && pair.count == 2;
            if (!two) refuse<T>(pair);
            Key key{};
            Mapped mapped{};
            Codec<Key>::decode(key, pair.items[0], keep);
            Codec<Mapped>::decode(mapped, pair.items[1], keep);
            value.emplace(std::move(key), std::move(mapped));
        });
    }
    static void encode(const Out& out, const T& value) {
        if (!out.begin(&value, TypeMark<T>::mark(), 0, tag_tuple)) return;
        perfbot_driver_head(out.to, 4, value.size());
        const auto write = [](const Out& to, const Pair& pair, bool) {
            const Out frozen{to.to, true};
            frozen.tuple(2);
            Codec<Key>::encode(frozen, pair.first);
            Codec<Mapped>::encode(frozen, pair.second);
        };
        if constexpr (detected<hasher_of, T>::value)
            in_order<Pair>(out, value, value.size(), write);
        else
            for (const auto& pair : value) write(out, pair, false);
    }
};

}  // namespace perfbot_driver

#endif
