// A whole program as a function of its standard input: what it prints, and its exit status.
#ifndef PERFBOT_DRIVER_PROGRAM_HPP
#define PERFBOT_DRIVER_PROGRAM_HPP

#include "abi.hpp"

namespace perfbot_driver {

using Main = int (*)(int, char**, char**);

// The entry of a library that has a `main` instead of one. Each call is a process of its own, so
// that it finds fresh globals and may end by `exit`.
const Entry* program_entry(Main main);

// Whether the version is a program: then this process has children of its own.
bool runs_programs();

}  // namespace perfbot_driver

#endif
