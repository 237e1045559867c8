#include "program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "reader.hpp"
#include "reports.hpp"
#include "writer.hpp"

extern "C" char** environ;

namespace perfbot_driver {

struct Call {
    std::string input;
    std::string output;
    int status = 0;
};

namespace {

constexpr int most_in_pipe = 1 << 20;  // what an unprivileged process may have one hold

Main main_of_version = nullptr;
// Processes that have ended: until the next calls are made they stay zombies, whose CPU time
// perfbot reads from outside.
std::vector<pid_t> ended;

void bury() {
    for (const pid_t child : ended) waitpid(child, nullptr, 0);
    ended.clear();
}

int memory_file(const char* name, const std::string& content) {
    const int file = memfd_create(name, MFD_CLOEXEC);
    for (size_t written = 0; written < content.size();) {
        const ssize_t count = write(file, content.data() + written, content.size() - written);
        if (count <= 0) throw std::bad_alloc();
        written += static_cast<size_t>(count);
    }
    lseek(file, 0, SEEK_SET);
    return file;
}

// Standard input is a pipe, as from another program, where it can hold everything: who maps it or
// seeks in it fails. Else a file.
int input_of(const std::string& content) {
    int ends[2];
    if (content.size() > most_in_pipe || pipe2(ends, O_CLOEXEC) != 0)
        return memory_file("stdin", content);
    const int held = fcntl(ends[1], F_SETPIPE_SZ, static_cast<int>(content.size()) + 4096);
    const bool fits = held >= 0 || content.size() <= 1 << 15;
    const auto size = static_cast<ssize_t>(content.size());
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    const bool written = fits && write(ends[1], content.data(), content.size()) == size;
    close(ends[1]);
    if (written) return ends[0];
    close(ends[0]);
    return memory_file("stdin", content);
}

void close_others() {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0) return;
#endif
    for (int fd = 3; fd < 1024; ++fd) close(fd);
}

// Its name is given to callgrind: what a program does from its `main` on.
extern "C" __attribute__((noinline)) int perfbot_counted_main(int count, char** words) {
    const int status = main_of_version(count, words, environ);
    asm volatile("");
    return status;
}

[[noreturn]] void be_the_program(int input, int output) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    answer_for(-1, "");
    unwatch_signals();
    dup2(input, 0);
    dup2(output, 1);
    close_others();
    char name[] = "program";
    char* words[] = {name, nullptr};
    std::exit(perfbot_counted_main(1, words));
}

bool run(Call* call) {
    const int input = input_of(call->input), output = memory_file("stdout", "");
    const pid_t child = fork();
    if (child == 0) be_the_program(input, output);
    siginfo_t end{};
    if (child < 0 || waitid(P_PID, child, &end, WEXITED | WNOWAIT) != 0) throw std::bad_alloc();
    ended.push_back(child);
    if (end.si_code != CLD_EXITED) die_as(end.si_status);
    call->status = end.si_status;
    call->output.resize(static_cast<size_t>(lseek(output, 0, SEEK_END)));
    const ssize_t count = pread(output, &call->output[0], call->output.size(), 0);
    call->output.resize(count < 0 ? 0 : static_cast<size_t>(count));
    close(input);
    close(output);
    return true;
}

void describe(Writer* to) {
    const std::string text =
        "result\t\tstandard output and exit status\t"
        "tuple[str, Annotated[int, annotated_types.Ge(0), annotated_types.Le(255)]]\t\n"
        "argument\tstdin\tstandard input\tStandardInput\tvalue\n";
    perfbot_driver_raw(to, text.data(), text.size());
}

Call* make(const Node* arguments, size_t count, Writer* reason) {
    bury();
    const bool one = count == 1;
    if (one && (arguments->kind == Kind::text || arguments->kind == Kind::bytes))
        return new Call{std::string(arguments->data, arguments->size), "", 0};
    reason->data += "a program takes one text, its standard input";
    return nullptr;
}

void write_value(Call* call, Writer* to) {
    to->head(6, 47000);
    to->head(4, 2);
    to->text(call->output);
    perfbot_driver_integer(to, call->status);
}

void write_arguments(Call* call, Writer* to) {
    to->head(6, 47000);
    to->head(4, 1);
    to->text(call->input);
}

void destroy(Call* call) { delete call; }

void dump_nothing(bool) {}  // each process has written its counts at its end

}  // namespace

bool runs_programs() { return main_of_version != nullptr; }

const Entry* program_entry(Main main) {
    static const Entry entry = {abi_version,     &describe, &make,        &run, &write_value,
                                &write_arguments, &destroy,  &dump_nothing};
    main_of_version = main;
    return &entry;
}

}  // namespace perfbot_driver
