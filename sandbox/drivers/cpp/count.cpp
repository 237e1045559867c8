#include "count.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "library.hpp"

// What is counted: its name is given to callgrind. The empty statement keeps it from becoming a
// jump, after which callgrind would take it for left.
extern "C" __attribute__((noinline)) void perfbot_counted(perfbot_driver::Called* call) {
    call->run();
    asm volatile("");
}

namespace perfbot_driver {

namespace {

std::string content_of(const char* path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

}  // namespace

int count_calls(int count, char** words) {
    try {
        Library library;
        library.load(content_of(words[1]));
        for (int at = 2; at < count; ++at) {
            Called call(library, content_of(words[at]));
            perfbot_counted(&call);
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}

}  // namespace perfbot_driver
