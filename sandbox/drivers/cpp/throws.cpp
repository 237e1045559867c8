#include "throws.hpp"

#include <cxxabi.h>
#include <dlfcn.h>

#include <any>
#include <cstdlib>
#include <exception>
#include <functional>
#include <new>
#include <optional>
#include <string>
#include <typeinfo>
#include <variant>

#include "writer.hpp"

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __asan_handle_no_return(void);
#endif

namespace {

thread_local const void* last_thrower = nullptr;
thread_local const std::type_info* last_type = nullptr;

// The library's, though the compiler puts the throw into whoever calls it.
bool is_of_the_library(const std::type_info& type) {
    for (const std::type_info* known :
         {&typeid(std::bad_optional_access), &typeid(std::bad_variant_access),
          &typeid(std::bad_any_cast), &typeid(std::bad_function_call), &typeid(std::bad_alloc),
          &typeid(std::bad_array_new_length)})
        if (type == *known) return true;
    return false;
}

std::string demangled(const char* name) {
    int status = 0;
    char* found = abi::__cxa_demangle(name, nullptr, nullptr, &status);
    std::string result = status == 0 && found != nullptr ? found : name;
    std::free(found);
    return result;
}

}  // namespace

// By another name, as each compiler has its own idea of how `__cxa_throw` is declared.
extern "C" __attribute__((noreturn)) void perfbot_driver_throw(
    void* thrown, std::type_info* type, void (*destroy)(void*)) __asm__("__cxa_throw");

extern "C" void perfbot_driver_throw(void* thrown, std::type_info* type, void (*destroy)(void*)) {
    using Throw = void (*)(void*, std::type_info*, void (*)(void*));
    static const auto next = reinterpret_cast<Throw>(dlsym(RTLD_NEXT, "__cxa_throw"));
    last_thrower = __builtin_return_address(0);
    last_type = type;
#if defined(__SANITIZE_ADDRESS__)
    __asan_handle_no_return();
#endif
    next(thrown, type, destroy);
    std::abort();
}

namespace perfbot_driver {

void forget_throws() { last_thrower = nullptr; }

bool thrown_by(const void* inside) {
    Dl_info thrower, own;
    return last_thrower != nullptr && dladdr(last_thrower, &thrower) != 0 &&
           dladdr(inside, &own) != 0 && thrower.dli_fbase == own.dli_fbase &&
           !is_of_the_library(*last_type);
}

extern "C" void perfbot_driver_exception(Writer* to) {
    Writer& out = *to;
    const std::type_info* type = abi::__cxa_current_exception_type();
    perfbot_driver_shareable(to, nullptr, nullptr);
    out.head(6, 47014);
    out.head(4, 4);
    out.text("c++");
    out.text(type != nullptr ? demangled(type->name()) : "a foreign exception");
    out.head(6, 47000);
    try {
        throw;
    } catch (const std::exception& error) {
        out.head(4, 1);
        out.text(error.what());
    } catch (const std::string& value) {
        out.head(4, 1);
        out.text(value);
    } catch (const char* value) {
        out.head(4, 1);
        out.text(value);
    } catch (int value) {
        out.head(4, 1);
        perfbot_driver_integer(to, value);
    } catch (...) {
        out.head(4, 0);
    }
    out.dict(0);
}

}  // namespace perfbot_driver
