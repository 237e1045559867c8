// One call of the target, and everything it did, as data.
#ifndef PERFBOT_DRIVER_OBSERVE_HPP
#define PERFBOT_DRIVER_OBSERVE_HPP

#include <string>

#include "library.hpp"
#include "writer.hpp"

namespace perfbot_driver {

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
