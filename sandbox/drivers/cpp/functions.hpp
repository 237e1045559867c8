// How the wrapper names a function: overloads, members.
#ifndef PERFBOT_DRIVER_FUNCTIONS_HPP
#define PERFBOT_DRIVER_FUNCTIONS_HPP

#include "call.hpp"

namespace perfbot_driver {

// Picks an overload by the types of its parameters.
template <class... P> struct With {
    template <class R> static auto of(R (*function)(P...)) -> R (*)(P...) { return function; }
    template <class R, class C> static auto of(R (C::*function)(P...)) -> R (C::*)(P...) {
        return function;
    }
};
template <class... P> struct WithConst {
    template <class R, class C>
    static auto of(R (C::*function)(P...) const) -> R (C::*)(P...) const {
        return function;
    }
};

// A member function as one that takes its object first.
template <class Member, class Self, class R, class... P> struct AsFunction {
    static Member member;
    static R call(Self self, P... arguments) {
        return (static_cast<Self>(self).*member)(std::forward<P>(arguments)...);
    }
};
template <class Member, class Self, class R, class... P>
Member AsFunction<Member, Self, R, P...>::member;

template <class Counts, class Self, class Member, class R, class... P>
const Entry* entry_of_member(Member member, const char* const* names) {
    AsFunction<Member, Self, R, P...>::member = member;
    return entry_of<Counts>(&AsFunction<Member, Self, R, P...>::call, names);
}

template <class Counts, class R, class C, class... P>
const Entry* entry_of(R (C::*member)(P...), const char* const* names) {
    return entry_of_member<Counts, C&, R (C::*)(P...), R, P...>(member, names);
}
template <class Counts, class R, class C, class... P>
const Entry* entry_of(R (C::*member)(P...) const, const char* const* names) {
    return entry_of_member<Counts, const C&, R (C::*)(P...) const, R, P...>(member, names);
}
template <class Counts, class R, class C, class... P>
const Entry* entry_of(R (C::*member)(P...) &, const char* const* names) {
    return entry_of_member<Counts, C&, R (C::*)(P...) &, R, P...>(member, names);
}
template <class Counts, class R, class C, class... P>
const Entry* entry_of(R (C::*member)(P...) const &, const char* const* names) {
    return entry_of_member<Counts, const C&, R (C::*)(P...) const &, R, P...>(member, names);
}
template <class Counts, class R, class C, class... P>
const Entry* entry_of(R (C::*member)(P...) &&, const char* const* names) {
    return entry_of_member<Counts, C&&, R (C::*)(P...) &&, R, P...>(member, names);
}

}  // namespace perfbot_driver

#endif
