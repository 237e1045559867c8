// A version's shared library, and the calls made of it.
#ifndef PERFBOT_DRIVER_LIBRARY_HPP
#define PERFBOT_DRIVER_LIBRARY_HPP

#include <string>
#include <vector>

#include "reader.hpp"
#include "surroundings.hpp"
#include "writer.hpp"

namespace perfbot_driver {

struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A loaded version.
struct Library {
    const Entry* entry = nullptr;
    Modes modes;
    void* handle = nullptr;
    bool tells_errno = false;  // it is among what the target says that it does

    // Throws Failure with what the loader says.
    void load(const std::string& bytes);
    // Chooses one of the mutants that the version holds; 0 for none. Throws Failure where it has
    // none.
    void choose_mutant(int number);
};

// One call, from its encoded [args, kwargs].
class Called {
public:
    // Throws Failure where the arguments do not fit.
    Called(const Library& library, const std::string& inputs);
    Called(Called&& other) noexcept;
    Called(const Called&) = delete;
    ~Called();

    void run() { returned = entry->run(call); }
    // "return" or "raise".
    std::string status() const { return returned ? "return" : "raise"; }
    // [value, args, kwargs], as `outcome.observe` has it.
    void write(Writer* to) const;
    // As a timed batch tells it: status and body, or "unsendable" and why.
    std::string outcome() const;
    void write_value(Writer* to) const { entry->write_value(call, to); }
    // args, kwargs
    void write_arguments(Writer* to) const;

    bool returned = true;

private:
    const Entry* entry;
    Call* call;
};

}  // namespace perfbot_driver

#endif
