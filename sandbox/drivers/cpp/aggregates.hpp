// Plain structs, member by member.
#ifndef PERFBOT_DRIVER_AGGREGATES_HPP
#define PERFBOT_DRIVER_AGGREGATES_HPP

#include "codec.hpp"

namespace perfbot_driver {

}  // namespace perfbot_driver

#endif
