// Where exceptions come from: the driver stands before the library's own `__cxa_throw`.
#ifndef PERFBOT_DRIVER_THROWS_HPP
#define PERFBOT_DRIVER_THROWS_HPP

namespace perfbot_driver {

// Whether the last exception of this thread was thrown by the code that `inside` lies in.
bool thrown_by(const void* inside);

void forget_throws();

}  // namespace perfbot_driver

#endif
