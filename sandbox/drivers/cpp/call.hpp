// One function of a version, with its arguments and result, behind the entry that the driver asks.
#ifndef PERFBOT_DRIVER_CALL_HPP
#define PERFBOT_DRIVER_CALL_HPP

#include <exception>

#include "codec.hpp"

namespace perfbot_driver {

// The object that an argument is bound to, which a later argument may share.
struct Bound {
    void* object = nullptr;
    const void* pointed = nullptr;  // the object, or what the pointer points to
    size_t length = 0;  // of a counted pointer
    const void* type = nullptr;  // null: what is passed is a copy
    bool is_shared = false;

    bool share(const Bound& other) {
        if (type == nullptr || other.type != type) return false;
        object = other.object;
        pointed = other.pointed;
        length = other.length;
        return is_shared = true;
    }
};

// Where an argument's value lives for the length of a call.
template <class P, bool counted = false, class = void> struct Argument : Bound {
    using Value = bare<P>;
    static_assert(form_of<Value>() == Form::unsupported ||
                      std::is_default_constructible<Value>::value,
                  "perfbot: this parameter's type has no value to begin with");
    static constexpr bool is_reference = std::is_lvalue_reference<P>::value;
    static constexpr bool is_moved = std::is_rvalue_reference<P>::value;

    Argument() { type = is_reference ? TypeMark<Value>::mark() : nullptr; }
    Value& value() const { return *static_cast<Value*>(object); }
    static void describe(Writer* to) { Codec<Value>::describe(to, false); }
    void decode(const Node& node, Keep& keep) {
        object = keep.objects<Value>(1);
        Codec<Value>::decode(value(), node, keep);
        pointed = object;
        if constexpr (std::is_pointer<Value>::value) pointed = value();
    }
    void check_count(const Node&) {}
    P pass() {
        if constexpr (is_reference) return value();
        else if constexpr (!is_moved && std::is_copy_constructible<Value>::value) return value();
        else return std::move(value());
    }
    void encode(const Out& out) const {
        if (is_moved) out.null();  // what is left of it is nobody's business
        else Codec<Value>::encode(Out(out.to, out.frozen, object), value());
    }
    static const char* passing() {
        if (is_moved) return "moved";
        if (!is_reference) return "value";
        return std::is_const<typename std::remove_reference<P>::type>::value ? "const"
                                                                            : "reference";
    }
};

// A pointer to items whose number another argument gives.
template <class T> struct Argument<T*, true, void> : Bound {
    using Item = typename std::conditional<std::is_void<T>::value, unsigned char,
                                           typename std::remove_cv<T>::type>::type;
    static_assert(form_of<Item>() != Form::pointer,
                  "perfbot: pointers to pointers cannot be passed");
    static constexpr bool is_text = std::is_same<Item, char>::value;

    Argument() { type = TypeMark<Item*>::mark(); }
    Item* items() const { return static_cast<Item*>(object); }
    static void describe(Writer* to) {
        if (is_text) say(to, "str");
        else if (std::is_void<T>::value) say(to, "bytes");
        else describe_list<Item>(to, false);
    }
    void decode(const Node& node, Keep& keep) {
        if (node.kind == Kind::null) return;
        length = count_of<Item>(node);
        pointed = object = keep.objects<Item>(length);
        size_t at = 0;
        each_item<Item, sizeof(Item) == 1>(
            node, [&](const Node& item) { Codec<Item>::decode(items()[at++], item, keep); });
    }
    void check_count(const Node& number) {
        if (number.kind != Kind::integer || number.negative || number.number > length)
            throw Refused{number, &describe_count};
    }
    T* pass() { return static_cast<T*>(object); }
    void encode(const Out& out) const {
        if (object == nullptr) {
            out.null();
        } else if constexpr (sizeof(Item) == 1 && (is_text || std::is_void<T>::value)) {
            if (is_text) {
                perfbot_driver_text(out.to, static_cast<const char*>(object), length);
            } else {
                perfbot_driver_head(out.to, 2, length);
                perfbot_driver_raw(out.to, object, length);
            }
        } else {
            encode_list<Item>(Out(out.to, out.frozen, object), Items{items(), length}, length, type,
                              object);
        }
    }
    static const char* passing() { return std::is_const<T>::value ? "const counted" : "counted"; }

private:
    struct Items {
        const Item* first;
        size_t length;
        const Item* begin() const { return first; }
        const Item* end() const { return first + length; }
    };
    static void describe_count(Writer* to) { say(to, "number of the items before it"); }
};

// Where a pointer that was returned points: an argument, and which of its items.
inline bool encode_place(const Out& out, const void* result, size_t item_size,
                         const Bound* const* bound, size_t count) {
    const char* address = static_cast<const char*>(result);
    for (size_t at = 0; at < count; ++at) {
        const char* begin = static_cast<const char*>(bound[at]->pointed);
        const size_t items = bound[at]->length > 0 ? bound[at]->length : 1;
        if (begin == nullptr || address < begin || address > begin + items * item_size) continue;
        out.tuple(2);
        perfbot_driver_head(out.to, 0, at);
        perfbot_driver_head(out.to, 0, static_cast<size_t>(address - begin) / item_size);
        return true;
    }
    return false;
}

template <class R> struct Result {
    using Value = bare<R>;
    static constexpr bool is_reference = std::is_reference<R>::value;
    alignas(is_reference ? alignof(void*) : alignof(Value)) unsigned char
        memory[is_reference ? sizeof(void*) : sizeof(Value)];
    bool is_there = false;

    Value* at() { return reinterpret_cast<Value*>(memory); }
    template <class Make> void take(const Make& make) {
        if constexpr (is_reference) {
            R result = make();
            const void* address = &reinterpret_cast<const char&>(result);
            ::memcpy(memory, &address, sizeof address);
        } else {
            ::new (static_cast<void*>(memory)) Value(make());
        }
        is_there = true;
    }
    void encode(const Out& out, const Bound* const* bound, size_t count) {
        (void)bound, (void)count;
        if constexpr (std::is_pointer<Value>::value) {
            using Item = bare<decltype(**at())>;
            if (*at() != nullptr && encode_place(out, *at(), sizeof(Item), bound, count)) return;
            perfbot_driver_callers(*at());
            if (!std::is_class<Item>::value && !std::is_same<Item, char>::value && *at() != nullptr)
                perfbot_driver_unreadable(out.to,
                                          "a pointer to memory of unknown size is returned");
            else Codec<Value>::encode(out, *at());
        } else if constexpr (is_reference) {
            const Value* address;
            ::memcpy(&address, memory, sizeof address);
            Codec<Value>::encode(Out(out.to, out.frozen, address), *address);
        } else {
            Codec<Value>::encode(out, *at());
        }
    }
    static void describe(Writer* to) {
        Codec<Value>::describe(to, false);
    }
    ~Result() {
        if constexpr (!is_reference)
            if (is_there) at()->~Value();
    }
};

template <> struct Result<void> {
    template <class Make> void take(const Make& make) { make(); }
    void encode(const Out& out, const Bound* const*, size_t) { out.null(); }
    static void describe(Writer* to) { say(to, "None"); }
};

template <class T> void say_type(Writer* to) {
    const char* text = __PRETTY_FUNCTION__;
    const char* begin = ::strstr(text, "T = ");
    if (begin == nullptr) return;
    begin += 4;
    size_t size = ::strcspn(begin, ";");
    if (begin[size] == 0 && size > 0) --size;  // the closing bracket
    perfbot_driver_raw(to, begin, size);
}

inline void say_refusal(Writer* to, size_t at, const Refused& refused) {
    say(to, "argument ");
    say_number(to, at + 1);
    say(to, ": ");
    const Node& node = refused.node;
    switch (node.kind) {
        case Kind::integer:
            if (node.negative && node.number == ~uint64_t(0)) say(to, "-18446744073709551616");
            else say_number(to, node.negative ? node.number + 1 : node.number, node.negative);
            break;
        case Kind::null: say(to, "None"); break;
        case Kind::boolean: say(to, node.number ? "True" : "False"); break;
        case Kind::huge: say(to, "a huge int"); break;
        case Kind::floating: say(to, "a float"); break;
        case Kind::text: say(to, "a str of "), say_number(to, node.size), say(to, " bytes"); break;
        case Kind::bytes: say(to, "bytes"); break;
        case Kind::list: case Kind::packed_integers: case Kind::packed_floats:
            say(to, "a list of "), say_number(to, node.count), say(to, " items"); break;
        case Kind::tuple: say(to, "a tuple of "), say_number(to, node.count); break;
        case Kind::set: say(to, "a set"); break;
        case Kind::dict: say(to, "a dict"); break;
        default: say(to, "an object"); break;
    }
    say(to, " is no ");
    refused.describe(to);
}

// One parameter of a call: what it is, where it stands, and where the number of its items stands.
template <class P, size_t at, int count_at> struct Slot : Argument<P, (count_at >= 0)> {};

template <int... at> struct CountsAt {};

template <class CountsAt, class Places, class R, class... P> struct State;
template <int... count_at, size_t... at, class R, class... P>
struct State<CountsAt<count_at...>, Places<at...>, R, P...> : Slot<P, at, count_at>... {
    Keep keep;
    Result<R> result;
    std::exception_ptr raised;

    template <size_t index, class Q, int counted> Slot<Q, index, counted>& slot() { return *this; }

    // Throws Refused; `current` says for which argument.
    void decode(const Node* arguments, size_t* current) {
        int in_turn[] = {0, (*current = at, decode_one(slot<at, P, count_at>(), arguments, at,
                                                       count_at), 0)...};
        (void)in_turn;
        (void)arguments;
    }
    bool run(R (*target)(P...)) {
        try {
            result.take([&]() -> R { return target(slot<at, P, count_at>().pass()...); });
            return true;
        } catch (...) {
            raised = std::current_exception();
            return false;
        }
    }
    void write_result(const Out& out) {
        const Bound* bound[] = {nullptr, &slot<at, P, count_at>()...};
        result.encode(out, bound + 1, sizeof...(P));
    }
    void write_arguments(const Out& out) {
        out.tuple(sizeof...(P));
        int in_turn[] = {0, (slot<at, P, count_at>().encode(out), 0)...};
        (void)in_turn;
    }

private:
    template <class S> void decode_one(S& own, const Node* arguments, size_t index, int counted) {
        // An argument that is an earlier one once more, of the same type, is the same object.
        const Bound* bound[] = {nullptr, &slot<at, P, count_at>()...};
        const Node& node = arguments[index];
        for (size_t before = 0; node.kind == Kind::shared && before < index; ++before)
            if (&arguments[before] == node.referred && own.share(*bound[before + 1])) break;
        if (!own.is_shared) own.decode(node, keep);
        if (counted >= 0) own.check_count(arguments[counted]);
    }
};

template <class Counts, class R, class... P> struct Function {
    using Own = State<Counts, typename PlacesTo<sizeof...(P)>::type, R, P...>;
    // Volatile: nothing is inlined into the call or made for it, whichever version it is.
    static R (*volatile target)(P...);
    static const char* const* names;

    static Own* own(Call* call) { return reinterpret_cast<Own*>(call); }

    static void describe(Writer* to) {
        say(to, "result\t\t");
        say_type<R>(to);
        say(to, "\t");
        Result<R>::describe(to);
        say(to, "\t\n");
        describe_arguments(to, Counts(), typename PlacesTo<sizeof...(P)>::type());
    }
    template <int... counted, size_t... at>
    static void describe_arguments(Writer* to, CountsAt<counted...>, Places<at...>) {
        int in_turn[] = {0, (describe_argument<P, (counted >= 0)>(to, at), 0)...};
        (void)in_turn;
        (void)to;
    }
    template <class Q, bool counted> static void describe_argument(Writer* to, size_t at) {
        say(to, "argument\t");
        say(to, names[at]);
        say(to, "\t");
        say_type<Q>(to);
        say(to, "\t");
        Argument<Q, counted>::describe(to);
        say(to, "\t");
        say(to, Argument<Q, counted>::passing());
        say(to, "\n");
    }
    static Call* make(const Node* arguments, size_t count, Writer* reason) {
        if (count != sizeof...(P)) {
            say_number(reason, count);
            say(reason, " arguments, where the function takes ");
            say_number(reason, sizeof...(P));
            return nullptr;
        }
        Own* call = new Own;
        size_t current = 0;
        try {
            call->decode(arguments, &current);
            return reinterpret_cast<Call*>(call);
        } catch (const Refused& refused) {
            say_refusal(reason, current, refused);
            delete call;
            return nullptr;
        }
    }
    static bool run(Call* call) { return own(call)->run(target); }
    static void write_value(Call* call, Writer* to) {
        if (!own(call)->raised) {
            own(call)->write_result(Out{to, false});
            return;
        }
        try {
            std::rethrow_exception(own(call)->raised);
        } catch (...) {
            perfbot_driver_exception(to);
        }
    }
    static void write_arguments(Call* call, Writer* to) {
        own(call)->write_arguments(Out{to, false});
    }
    static void destroy(Call* call) { delete own(call); }
};
template <class Counts, class R, class... P> R (*volatile Function<Counts, R, P...>::target)(P...);
template <class Counts, class R, class... P> const char* const* Function<Counts, R, P...>::names;

#ifdef PERFBOT_COVERED
extern "C" void __gcov_dump(void);
extern "C" void __gcov_reset(void);
inline void dump_coverage(bool reset) {
    __gcov_dump();
    if (reset) __gcov_reset();
}
#else
inline void dump_coverage(bool) {}
#endif

template <class Counts, class R, class... P>
const Entry* entry_of(R (*target)(P...), const char* const* names) {
    using Own = Function<Counts, R, P...>;
    static const Entry entry = {abi_version, &Own::describe, &Own::make, &Own::run,
                                &Own::write_value, &Own::write_arguments, &Own::destroy,
                                &dump_coverage};
    Own::target = target;
    Own::names = names;
    return &entry;
}

}  // namespace perfbot_driver

#endif
