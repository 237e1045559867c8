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

    // Throws Failure with what the loader says.
    void load(const std::string& bytes);
    // Chooses one of the mutants that the version holds; 0 for none. Throws Failure where it has none.
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
    std::string body() const;
    void write_value(Writer* to) const { entry->write_value(call, to); }
    // args, kwargs
    void write_arguments(Writer* to) const;

    bool returned = true;

private:
    const Entry* entry;
    Call* call;
};

// stdout and stderr in files of memory, while it lives.
class Captured {
public:
    Captured();
    ~Captured();
    // What was written to descriptor 1 or 2 since it began, from the beginning.
    std::string text(int fd) const;

private:
    int kept_[2];
};

// [status, explicit, body, effects] of a call: once, or twice in a row.
void observe(const Library& library, const std::string& inputs, bool twice, Writer* to);

}  // namespace perfbot_driver

#endif
