// Calls made once, while something outside counts their instructions.
#ifndef PERFBOT_DRIVER_COUNT_HPP
#define PERFBOT_DRIVER_COUNT_HPP

namespace perfbot_driver {

// words: the driver's name, a library, files of encoded arguments. Returns an exit status: 0 when
// every call was made.
int count_calls(int count, char** words);

}  // namespace perfbot_driver

#endif
