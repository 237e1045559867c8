// The one header that a version's text is followed by: by this name no project has another.
#ifndef PERFBOT_DRIVER_HPP
#define PERFBOT_DRIVER_HPP

// libFuzzer is to follow the version, not us.
#ifdef PERFBOT_SEARCHED
#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)
#endif

#include "call.hpp"
#include "functions.hpp"

#ifdef PERFBOT_SEARCHED
#pragma clang attribute pop
#endif

#endif
