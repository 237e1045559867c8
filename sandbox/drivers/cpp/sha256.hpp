#ifndef PERFBOT_DRIVER_SHA256_HPP
#define PERFBOT_DRIVER_SHA256_HPP

#include <string>

namespace perfbot_driver {

// The 32 bytes of SHA-256. Source: FIPS 180-4, section 6.2.
std::string sha256(const std::string& data);

std::string hexadecimal(const std::string& bytes);

}  // namespace perfbot_driver

#endif
