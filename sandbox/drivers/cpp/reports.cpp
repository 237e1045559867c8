#include "reports.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif
#else
constexpr bool is_sanitized = false;
#endif

extern "C" {
__attribute__((weak)) int __lsan_do_recoverable_leak_check(void);
}

namespace {

constexpr size_t most_text = 12000;
constexpr int exit_status = 66;
int socket_of_answer = -1;
unsigned char nonce_of_answer[8];
volatile sig_atomic_t races = 0;
alignas(16) char other_stack[1 << 16];

size_t put_head(unsigned char* to, unsigned major, size_t number) {
    to[0] = static_cast<unsigned char>(major << 5 | 25);
    to[1] = static_cast<unsigned char>(number >> 8);
    to[2] = static_cast<unsigned char>(number);
    return 3;
}

// Sends [nonce, status, text] and ends; calls nothing that may not be called by a handler.
[[noreturn]] void last_words(const char* status, const char* text, size_t size) {
    static unsigned char frame[most_text + 256];
    if (socket_of_answer >= 0) {
        size = size < most_text ? size : most_text;
        size_t at = 4;
        frame[at++] = 0x83;
        at += put_head(frame + at, 2, sizeof nonce_of_answer);
        std::memcpy(frame + at, nonce_of_answer, sizeof nonce_of_answer);
        at += sizeof nonce_of_answer;
        const size_t length = std::strlen(status);
        at += put_head(frame + at, 3, length);
        std::memcpy(frame + at, status, length);
        at += length;
        at += put_head(frame + at, 3, size);
        for (size_t from = 0; from < size; ++from)  // ASCII is UTF-8, whatever was cut off
            frame[at++] = static_cast<unsigned char>(text[from]) < 0x80 ? text[from] : '?';
        for (int byte = 0; byte < 4; ++byte)
            frame[byte] = static_cast<unsigned char>((at - 4) >> (24 - 8 * byte));
        for (size_t sent = 0; sent < at;) {
            const ssize_t count = send(socket_of_answer, frame + sent, at - sent, MSG_NOSIGNAL);
            if (count <= 0) break;
            sent += static_cast<size_t>(count);
        }
    }
    _exit(exit_status);
}

bool holds(const char* text, size_t size, const char* part) {
    return memmem(text, size, part, std::strlen(part)) != nullptr;
}

// The last part of what was written to stderr: a report, where a sanitizer ended the process.
[[noreturn]] void last_words_of(const char* otherwise) {
    static char text[most_text];
    const int file = perfbot_driver::output_file(1);
    const off_t size = lseek(file, 0, SEEK_END);
    const off_t begin = size > static_cast<off_t>(most_text) ? size - most_text : 0;
    const ssize_t count = pread(file, text, most_text, begin);
    if (count <= 0) last_words("died", otherwise, std::strlen(otherwise));
    const auto length = static_cast<size_t>(count);
    const bool is_report = is_sanitized && (holds(text, length, "Sanitizer") ||
                                            holds(text, length, "runtime error:"));
    last_words(is_report ? "report" : "died", text, length);
}

void on_signal(int number) {
    switch (number) {
        case SIGABRT: last_words_of("SIGABRT (abort)");
        case SIGSEGV: last_words("died", "SIGSEGV (memory that is not its own)", 36);
        case SIGBUS: last_words("died", "SIGBUS", 6);
        case SIGFPE: last_words("died", "SIGFPE (division by zero)", 25);
        case SIGILL: last_words("died", "SIGILL", 6);
        default: last_words("died", "a signal", 8);
    }
}

}  // namespace

extern "C" void __tsan_on_report(void*) { races = 1; }

namespace perfbot_driver {

int output_file(int which) {
    static const int files[2] = {memfd_create("stdout", MFD_CLOEXEC),
                                 memfd_create("stderr", MFD_CLOEXEC)};
    return files[which];
}

void answer_for(int socket, const std::string& nonce) {
    socket_of_answer = nonce.size() == sizeof nonce_of_answer ? socket : -1;
    if (socket_of_answer >= 0) std::memcpy(nonce_of_answer, nonce.data(), sizeof nonce_of_answer);
}

void watch_signals() {
    output_file(0);
    stack_t stack{};
    stack.ss_sp = other_stack;
    stack.ss_size = sizeof other_stack;
    struct sigaction action{};
    action.sa_handler = on_signal;
    action.sa_flags = SA_ONSTACK;
    if (!is_sanitized) {  // else they report by themselves, and then abort
        sigaltstack(&stack, nullptr);
        for (int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigaction(number, &action, nullptr);
    }
    sigaction(SIGABRT, &action, nullptr);
}

void unwatch_signals() {
    for (int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
        if (!is_sanitized || number == SIGABRT) signal(number, SIG_DFL);
}

void die_as(int number) {
    on_signal(number);
    _exit(exit_status);
}

void check_leaks() {
    if (__lsan_do_recoverable_leak_check != nullptr && __lsan_do_recoverable_leak_check() != 0)
        last_words_of("a leak");
}

void check_races() {
    if (races != 0) last_words_of("a race");
}

}  // namespace perfbot_driver
