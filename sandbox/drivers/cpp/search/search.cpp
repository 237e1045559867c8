// The search for arguments on which two versions differ, with libFuzzer's engine.
//
// Called with two libraries, named by environment variables, and a folder of encoded arguments.
// What is found is a proposal and no more: the versions share this process with the engine.

#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "library.hpp"
#include "mutation.hpp"

namespace perfbot_driver {

namespace {

constexpr int found_status = 77;
const std::string unsendable = "unsendable";
constexpr int skipped = -1, seen = 0;  // for libFuzzer: whether the corpus may hold it

Library* original;
Library* edit;
sigjmp_buf before_call;
volatile sig_atomic_t in_original;
const std::string* volatile in_edit;  // the arguments of the call that it is in

std::string content_of(const char* path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Library* loaded(const char* variable) {
    auto* library = new Library;
    const char* path = std::getenv(variable);
    library->load(content_of(path != nullptr ? path : ""));
    // The loader knows a library by its path, which is a descriptor's number: this one stays taken,
    // or the second library would be the first once more.
    if (dup(STDERR_FILENO) < 0) throw Failure("no descriptor is left");
    return library;
}

// The one place for arguments on which the versions differ, or that libFuzzer gave up on.
[[noreturn]] void propose(const std::string& arguments) {
    const char* path = std::getenv("PERFBOT_PROPOSAL");
    std::ofstream(path != nullptr ? path : "", std::ios::binary) << arguments;
    _exit(found_status);
}

// Where the original itself dies nothing can be compared, so the search goes on; the edit's death
// where the original lives is a difference.
void on_death(int number) {
    if (in_original) siglongjmp(before_call, number);
    if (in_edit != nullptr) propose(*in_edit);
    signal(number, SIG_DFL);
    raise(number);
}

void watch_deaths() {
    static char stack[1 << 16];  // an overflow leaves none of the ordinary one
    stack_t other{};
    other.ss_sp = stack;
    other.ss_size = sizeof stack;
    sigaltstack(&other, nullptr);
    struct sigaction action{};
    action.sa_handler = on_death;
    action.sa_flags = SA_ONSTACK | SA_NODEFER;
    for (int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP})
        sigaction(number, &action, nullptr);
}

bool survived_by_original(Called& call) {
    if (sigsetjmp(before_call, 1) != 0) {
        in_original = 0;
        return false;
    }
    in_original = 1;
    call.run();
    in_original = 0;
    return true;
}

int compare(const std::string& arguments) {
    Called ours(*original, arguments);
    Called theirs(*edit, arguments);
    if (!survived_by_original(ours)) return skipped;
    const std::string expected = ours.outcome();
    if (expected.compare(0, unsendable.size(), unsendable) == 0) return skipped;
    in_edit = &arguments;
    theirs.run();
    in_edit = nullptr;
    if (theirs.outcome() != expected) propose(arguments);
    return seen;
}

// `data` with what `changed` made of the arguments in it, or as it was where that is too long.
template <class Change>
size_t changed_in(uint8_t* data, size_t size, size_t most, const Change& change) {
    try {
        std::vector<Value> arguments = arguments_in({reinterpret_cast<char*>(data), size});
        change(arguments);
        const std::string wire = wire_of(arguments);
        if (wire.size() > most) return size;
        std::memcpy(data, wire.data(), wire.size());
        return wire.size();
    } catch (const Malformed&) {
        return size;
    }
}

}  // namespace

}  // namespace perfbot_driver

using namespace perfbot_driver;

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    try {
        original = loaded("PERFBOT_ORIGINAL");
        edit = loaded("PERFBOT_EDIT");
        if (original->entry == edit->entry) throw Failure("both libraries are one");
    } catch (const Failure& failure) {
        std::fprintf(stderr, "error: %s\n", failure.what());
        _exit(1);
    }
    watch_deaths();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        return compare({reinterpret_cast<const char*>(data), size});
    } catch (const Malformed&) {
        return skipped;
    } catch (const Failure&) {  // the arguments are not of the parameters' types
        return skipped;
    }
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned seed) {
    Draw draw(seed);
    return changed_in(data, size, most, [&](auto& arguments) { mutate(arguments, draw); });
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* one, size_t one_size,
                                            const uint8_t* other, size_t other_size, uint8_t* out,
                                            size_t most, unsigned seed) {
    if (one_size > most) return 0;
    std::memcpy(out, one, one_size);
    Draw draw(seed);
    return changed_in(out, one_size, most, [&](auto& arguments) {
        cross(arguments, arguments_in({reinterpret_cast<const char*>(other), other_size}), draw);
    });
}
