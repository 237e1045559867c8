// The one header that a version's text is followed by: by this name no project has another.
#ifndef PERFBOT_DRIVER_HPP
#define PERFBOT_DRIVER_HPP

#include "call.hpp"
#include "functions.hpp"

#endif
