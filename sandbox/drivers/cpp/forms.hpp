// Which form of value a type has, by what can be done with it: no header of the standard library
// has to be included for a type that the version does not use, and containers of others fit too.
#ifndef PERFBOT_DRIVER_FORMS_HPP
#define PERFBOT_DRIVER_FORMS_HPP

#include <stddef.h>

#include <initializer_list>
#include <type_traits>
#include <utility>

namespace perfbot_driver {

enum class Form {
    unsupported, boolean, character, integer, wide_integer, floating, long_floating, complex,
    enumeration, c_string, pointer, text, text_view, bits, bit_set, sequence, forward_sequence,
    fixed_sequence, adaptor, view, map, multimap, set, multiset, optional, owner, variant, tuple,
    nothing, aggregate,
};

template <class...> struct make_void { using type = void; };
template <class... T> using void_of = typename make_void<T...>::type;

template <template <class> class Operation, class T, class = void>
struct detected : std::false_type {};
template <template <class> class Operation, class T>
struct detected<Operation, T, void_of<Operation<T>>> : std::true_type {};

template <class T> T& made();

template <class T> using key_of = typename T::key_type;
template <class T> using mapped_of = typename T::mapped_type;
template <class T> using value_of = typename T::value_type;
template <class T> using hasher_of = typename T::hasher;
template <class T> using element_of = typename T::element_type;
template <class T> using container_of = typename T::container_type;
template <class T> using traits_of = typename T::traits_type;
template <class T> using begin_of = decltype(made<const T>().begin() != made<const T>().end());
template <class T> using c_str_of = decltype(made<const T>().c_str());
template <class T> using push_back_of =
    decltype(made<T>().push_back(std::declval<typename T::value_type>()));
template <class T> using push_front_of =
    decltype(made<T>().push_front(std::declval<typename T::value_type>()));
template <class T> using fill_of = decltype(made<T>().fill(made<const typename T::value_type>()));
template <class T> using data_of = decltype(made<const T>().data());
template <class T> using has_value_of = decltype(made<const T>().has_value(), *made<const T>());
template <class T> using reset_of = decltype(made<T>().reset(), made<const T>().get(),
                                             *made<const T>());
template <class T> using index_of = decltype(made<const T>().valueless_by_exception());
template <class T> using real_of = decltype(made<const T>().real(), made<const T>().imag());
template <class T> using flip_of = decltype(made<T>().flip(), made<const T>().test(0), T().count());
template <class T> using tuple_size_of = decltype(std::tuple_size<T>::value);
template <class T> using subscript_of = decltype(made<T>()[made<const typename T::key_type>()]);
template <class T> using single_insert_of =
    decltype(made<T>().insert(std::declval<typename T::value_type>()).second);

template <class T> constexpr bool is_initializer_list = false;
template <class T> constexpr bool is_initializer_list<std::initializer_list<T>> = true;

template <class T> constexpr bool is_wide = false;
#ifdef __SIZEOF_INT128__
template <> constexpr bool is_wide<__int128> = true;
template <> constexpr bool is_wide<unsigned __int128> = true;
#endif

template <class T> constexpr bool is_aggregate_class =
#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 7)
    std::is_class<T>::value && __is_aggregate(T);
#else
    false;
#endif

template <class T> constexpr bool has_chars() {
    if constexpr (detected<traits_of, T>::value && detected<value_of, T>::value)
        return std::is_same<typename T::value_type, char>::value;
    return false;
}

template <class T> constexpr bool is_bits() {
    if constexpr (detected<push_back_of, T>::value && !detected<key_of, T>::value)
        return std::is_same<typename T::value_type, bool>::value &&
               !std::is_same<typename T::reference, bool&>::value;
    return false;
}

template <class T> constexpr Form form_of_class() {
    if constexpr (has_chars<T>() && detected<begin_of, T>::value)
        return detected<c_str_of, T>::value ? Form::text : Form::text_view;
    else if constexpr (detected<key_of, T>::value && detected<begin_of, T>::value) {
        if constexpr (detected<mapped_of, T>::value)
            return detected<single_insert_of, T>::value ? Form::map : Form::multimap;
        else
            return detected<single_insert_of, T>::value ? Form::set : Form::multiset;
    } else if constexpr (is_initializer_list<T>)
        return Form::view;
    else if constexpr (detected<begin_of, T>::value && detected<value_of, T>::value) {
        if constexpr (is_bits<T>()) return Form::bits;
        else if constexpr (detected<push_back_of, T>::value) return Form::sequence;
        else if constexpr (detected<push_front_of, T>::value) return Form::forward_sequence;
        else if constexpr (detected<tuple_size_of, T>::value) return Form::fixed_sequence;
        else if constexpr (detected<element_of, T>::value && detected<data_of, T>::value)
            return Form::view;
        else return Form::unsupported;
    } else if constexpr (detected<flip_of, T>::value)
        return Form::bit_set;
    else if constexpr (detected<container_of, T>::value && detected<value_of, T>::value)
        return Form::adaptor;
    else if constexpr (detected<has_value_of, T>::value) return Form::optional;
    else if constexpr (detected<index_of, T>::value) return Form::variant;
    else if constexpr (detected<element_of, T>::value && detected<reset_of, T>::value)
        return std::is_array<typename T::element_type>::value ? Form::unsupported : Form::owner;
    else if constexpr (detected<real_of, T>::value && detected<value_of, T>::value)
        return Form::complex;
    else if constexpr (detected<tuple_size_of, T>::value) return Form::tuple;
    else if constexpr (std::is_empty<T>::value && std::is_default_constructible<T>::value)
        return Form::nothing;
    else if constexpr (is_aggregate_class<T>) return Form::aggregate;
    else return Form::unsupported;
}

template <class T> constexpr Form form_of() {
    if constexpr (std::is_same<T, bool>::value) return Form::boolean;
    else if constexpr (std::is_same<T, char>::value) return Form::character;
    else if constexpr (is_wide<T>) return Form::wide_integer;
    else if constexpr (std::is_integral<T>::value) return Form::integer;
    else if constexpr (std::is_same<T, float>::value || std::is_same<T, double>::value)
        return Form::floating;
    else if constexpr (std::is_same<T, long double>::value) return Form::long_floating;
    else if constexpr (std::is_enum<T>::value) return Form::enumeration;
    else if constexpr (std::is_same<T, std::nullptr_t>::value) return Form::nothing;
    else if constexpr (std::is_pointer<T>::value) {
        using Target = typename std::remove_pointer<T>::type;
        if constexpr (std::is_same<typename std::remove_cv<Target>::type, char>::value)
            return Form::c_string;
        else if constexpr (std::is_function<Target>::value || std::is_void<Target>::value ||
                           std::is_pointer<Target>::value)
            return Form::unsupported;
        else return Form::pointer;
    } else if constexpr (std::is_array<T>::value)
        return std::extent<T>::value ? Form::fixed_sequence : Form::unsupported;
    else if constexpr (std::is_class<T>::value) return form_of_class<T>();
    else return Form::unsupported;
}

}  // namespace perfbot_driver

#endif
