#include "surroundings.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <locale>
#include <sstream>

#include "program.hpp"
#include "sha256.hpp"

#if defined(__x86_64__) || defined(__i386__)
#include <xmmintrin.h>
#else
#include <fenv.h>
#endif

extern "C" char** environ;

namespace perfbot_driver {

namespace {

constexpr size_t most_files = 1000;

std::string encoded(const std::string& value) {
    Writer to;
    to.text(value);
    return to.data;
}

std::string encoded(int64_t value) {
    Writer to;
    perfbot_driver_integer(&to, value);
    return to.data;
}

#if defined(__x86_64__) || defined(__i386__)
// MXCSR without its exception flags, and the x87 control word.
unsigned long rounding_now() {
    unsigned short word;
    asm volatile("fnstcw %0" : "=m"(word));
    return (_mm_getcsr() & ~0x3FUL) << 16 | word;
}

void set_rounding(unsigned long value) {
    const unsigned short word = static_cast<unsigned short>(value & 0xFFFF);
    asm volatile("fldcw %0" : : "m"(word));
    _mm_setcsr(static_cast<unsigned>(value >> 16) | (_mm_getcsr() & 0x3FU));
}
#else
unsigned long rounding_now() { return static_cast<unsigned long>(fegetround()); }

void set_rounding(unsigned long value) { fesetround(static_cast<int>(value)); }
#endif

bool same_handler(const struct sigaction& one, const struct sigaction& other) {
    constexpr int restorer = 0x04000000;  // which the C library adds by itself
    return one.sa_sigaction == other.sa_sigaction &&
           ((one.sa_flags ^ other.sa_flags) & ~restorer) == 0;
}

std::string locale_now() {
    const char* of_c = std::setlocale(LC_ALL, nullptr);
    return std::string(of_c != nullptr ? of_c : "") + " " + std::locale().name();
}

std::string folder_now() {
    char path[4096];
    return getcwd(path, sizeof path) != nullptr ? path : "";
}

std::vector<std::string> environment_now() {
    std::vector<std::string> found;
    for (char** item = environ; item != nullptr && *item != nullptr; ++item) found.push_back(*item);
    std::sort(found.begin(), found.end());
    return found;
}

std::string root() {
    const char* given = std::getenv("PERFBOT_ROOT");
    return given != nullptr ? given : "";
}

std::string content_digest(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    return hexadecimal(sha256(content.str()));
}

}  // namespace

Modes Modes::now() {
    Modes found;
    for (int number = 1; number < signals; ++number)
        sigaction(number, nullptr, &found.handlers[static_cast<size_t>(number)]);
    sigset_t mask;
    sigprocmask(SIG_SETMASK, nullptr, &mask);
    for (int number = 1; number < signals; ++number)
        found.mask += sigismember(&mask, number) == 1 ? '1' : '0';
    found.locale = locale_now();
    found.folder = folder_now();
    found.environment = environment_now();
    found.rounding = rounding_now();
    found.umask = ::umask(0);
    ::umask(found.umask);
    return found;
}

std::map<std::string, std::string> Modes::mend() const {
    std::map<std::string, std::string> found;
    if (const unsigned long value = rounding_now(); value != rounding) {
        set_rounding(rounding);  // first: what follows must not compute with it
        found["rounding"] = encoded(static_cast<int64_t>(value));
    }
    const Modes after = now();
    std::string changed;
    for (int number = 1; number < signals; ++number) {
        const auto at = static_cast<size_t>(number);
        if (same_handler(handlers[at], after.handlers[at])) continue;
        changed += (changed.empty() ? "" : " ") + std::to_string(number);
        sigaction(number, &handlers[at], nullptr);
    }
    if (!changed.empty()) found["signals"] = encoded(changed);
    if (after.mask != mask) {
        found["signal mask"] = encoded(after.mask);
        sigset_t set;
        sigemptyset(&set);
        for (int number = 1; number < signals; ++number)
            if (mask[static_cast<size_t>(number - 1)] == '1') sigaddset(&set, number);
        sigprocmask(SIG_SETMASK, &set, nullptr);
    }
    if (after.locale != locale) {
        found["locale"] = encoded(after.locale);
        std::locale::global(std::locale::classic());
    }
    if (after.folder != folder) {
        found["folder"] = encoded(after.folder);
        if (chdir(folder.c_str()) != 0) found["folder"] = encoded("gone");
    }
    if (after.environment != environment) {
        std::string told;
        for (const std::string& item : after.environment)
            if (!std::binary_search(environment.begin(), environment.end(), item))
                told += item + "\n";
        for (const std::string& item : environment)
            if (!std::binary_search(after.environment.begin(), after.environment.end(), item))
                told += "without " + item + "\n";
        found["environment"] = encoded(told);
        clearenv();
        for (const std::string& item : environment) {
            const size_t equals = item.find('=');
            setenv(item.substr(0, equals).c_str(), item.substr(equals + 1).c_str(), 1);
        }
    }
    if (after.umask != umask) {
        found["umask"] = encoded(static_cast<int64_t>(after.umask));
        ::umask(umask);
    }
    return found;
}

unsigned long thread_count() {
    struct stat status;
    return stat("/proc/self/task", &status) == 0 ? status.st_nlink - 2 : 1;
}

Surroundings::Surroundings()
    : descriptors_(descriptors()), threads_(thread_count()), files_(files()) {}

std::map<std::string, std::string> Surroundings::changes() {
    std::map<std::string, std::string> found;
    std::string told;
    for (const int fd : descriptors())
        if (!std::binary_search(descriptors_.begin(), descriptors_.end(), fd)) {
            told += (told.empty() ? "" : " ") + std::to_string(fd);
            close(fd);
        }
    if (!told.empty()) found["fds"] = encoded(told);
    if (const unsigned long threads = thread_count(); threads != threads_)
        found["threads"] = encoded(static_cast<int64_t>(threads) - static_cast<int64_t>(threads_));
    siginfo_t child{};
    if (!runs_programs() && waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0)
        found["processes"] = encoded(int64_t{1});
    const auto after = files();
    if (after == files_) return found;
    Writer written;
    std::vector<std::pair<std::string, std::string>> rows;
    for (const auto& [path, stamp] : after) {
        const auto before = files_.find(path);
        if (before != files_.end() && before->second == stamp) continue;
        const mode_t mode = std::get<4>(stamp);
        const std::string what = S_ISDIR(mode)   ? "folder"
                                 : S_ISREG(mode) ? content_digest(path)
                                                 : "special";
        if (before == files_.end() || !S_ISDIR(mode)) rows.emplace_back(path, what);
    }
    for (const auto& [path, stamp] : files_)
        if (after.count(path) == 0) rows.emplace_back(path, "gone");
    for (auto at = after.rbegin(); at != after.rend(); ++at)
        if (files_.count(at->first) == 0) std::remove(at->first.c_str());
    if (rows.empty()) return found;
    std::sort(rows.begin(), rows.end());
    written.dict(rows.size());
    for (const auto& [path, what] : rows) {
        written.text(path);
        written.text(what);
    }
    found["files"] = written.data;
    return found;
}

std::vector<int> Surroundings::descriptors() {
    std::vector<int> found;
    DIR* folder = opendir("/proc/self/fd");
    if (folder == nullptr) return found;
    while (const dirent* entry = readdir(folder)) {
        const int fd = std::atoi(entry->d_name);
        if (entry->d_name[0] != '.' && fd != dirfd(folder)) found.push_back(fd);
    }
    closedir(folder);
    std::sort(found.begin(), found.end());
    return found;
}

std::map<std::string, Surroundings::Stamp> Surroundings::files() {
    std::map<std::string, Stamp> found;
    static const std::string base = root();
    std::vector<std::pair<std::string, dev_t>> waiting;
    struct stat status;
    for (const char* name : {"/box", "/tmp", "/dev/shm", "/home/u"})
        if (stat((base + name).c_str(), &status) == 0)
            waiting.emplace_back(base + name, status.st_dev);
    while (!waiting.empty() && found.size() < most_files) {
        const auto [path, device] = waiting.back();
        waiting.pop_back();
        DIR* folder = opendir(path.c_str());
        if (folder == nullptr) continue;
        while (const dirent* entry = readdir(folder)) {
            const std::string name = entry->d_name;
            const std::string full = path + "/" + name;
            if (name == "." || name == ".." || lstat(full.c_str(), &status) != 0) continue;
            if (status.st_dev != device) continue;  // mounted from outside, and read-only
            if (name == "unit.gcda") continue;  // gcov's counts, of a process at its end
            const bool is_folder = S_ISDIR(status.st_mode);
            if (is_folder) waiting.emplace_back(full, device);
            found[full] = is_folder ? Stamp(0, 0, 0, status.st_ino, S_IFDIR)
                                    : Stamp(status.st_size, status.st_mtim.tv_sec,
                                            status.st_mtim.tv_nsec, status.st_ino, status.st_mode);
        }
        closedir(folder);
    }
    return found;
}

}  // namespace perfbot_driver
