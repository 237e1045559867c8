// What a process that is about to die says first: a sanitizer's report, or which signal it was.
#ifndef PERFBOT_DRIVER_REPORTS_HPP
#define PERFBOT_DRIVER_REPORTS_HPP

#include <string>

namespace perfbot_driver {

// The file in memory that stands for stdout (0) or stderr (1) during a call.
int output_file(int which);

// Whoever dies from now on answers this request before it does.
void answer_for(int socket, const std::string& nonce);

// Catches the signals that end a process.
void watch_signals();

// What catches them in a process that is to end by them.
void unwatch_signals();

// Ends this process as its child did, by signal `number`.
[[noreturn]] void die_as(int number);

// Ends the process with a report if memory was lost. Only LeakSanitizer knows.
void check_leaks();

// The same if two threads raced. Only ThreadSanitizer knows.
void check_races();

}  // namespace perfbot_driver

#endif
