// What a call may change besides its arguments: descriptors, handlers, files, modes of the machine.
#ifndef PERFBOT_DRIVER_SURROUNDINGS_HPP
#define PERFBOT_DRIVER_SURROUNDINGS_HPP

#include <signal.h>
#include <sys/stat.h>

#include <array>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "writer.hpp"

namespace perfbot_driver {

constexpr int signals = 32;

// What a version finds when it is loaded, and what every call must leave behind.
struct Modes {
    std::array<struct sigaction, signals> handlers;
    std::string mask;
    std::string locale;
    std::string folder;
    std::vector<std::string> environment;
    unsigned long rounding;  // of the floating-point units: control bits, no flags
    mode_t umask;

    static Modes now();
    // Sets what differs back to what it was, and tells it: name -> encoded value.
    std::map<std::string, std::string> mend() const;
};

// Descriptors, threads, children and files before a call.
class Surroundings {
public:
    Surroundings();
    std::map<std::string, std::string> changes();

private:
    using Stamp = std::tuple<off_t, long, long, ino_t, mode_t>;
    static std::vector<int> descriptors();
    static std::map<std::string, Stamp> files();

    std::vector<int> descriptors_;
    unsigned long threads_;
    std::map<std::string, Stamp> files_;
};

unsigned long thread_count();

}  // namespace perfbot_driver

#endif
