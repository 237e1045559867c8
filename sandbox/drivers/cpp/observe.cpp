#include "observe.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "reports.hpp"
#include "throws.hpp"

namespace perfbot_driver {

namespace {

constexpr unsigned seed = 20260101;
constexpr off_t most_output = 1 << 20;

void flush_all() {
    std::cout.flush();
    std::cerr.flush();
    std::clog.flush();
    std::wcout.flush();
    std::fflush(nullptr);
}

void seed_everything() {
    std::srand(seed);
    srand48(seed);
}

// What the C library's generators would give next: another number where a call drew from them.
int64_t random_state() {
    const int64_t first = std::rand();
    return first << 31 | lrand48();
}

}  // namespace

Captured::Captured() {
    flush_all();
    for (int which : {0, 1}) {
        kept_[which] = dup(which + 1);
        if (ftruncate(output_file(which), 0) != 0) std::abort();
        lseek(output_file(which), 0, SEEK_SET);
        dup2(output_file(which), which + 1);
    }
}

Captured::~Captured() {
    for (int which : {0, 1}) {
        dup2(kept_[which], which + 1);
        close(kept_[which]);
    }
}

std::string Captured::text(int fd) const {
    flush_all();
    const off_t size = lseek(output_file(fd - 1), 0, SEEK_END);
    std::string found(static_cast<size_t>(size < most_output ? size : most_output), '\0');
    const ssize_t count = pread(output_file(fd - 1), &found[0], found.size(), 0);
    found.resize(count < 0 ? 0 : static_cast<size_t>(count));
    if (size > most_output) found += "... " + std::to_string(size) + " bytes";
    return found;
}

namespace {

void put_unsendable(const std::string& reason, Writer* to) {
    Writer text, nothing;
    text.text(reason);
    nothing.dict(0);
    to->list(4);
    to->text("unsendable");
    to->boolean(false);
    to->bytes(text.data);
    to->bytes(nothing.data);
}

// Makes the calls, in their surroundings; name -> encoded value of what else they did.
std::map<std::string, std::string> effects_of(const Library& library, std::vector<Called>* calls) {
    std::map<std::string, std::string> effects;
    const Captured captured;
    Surroundings around;
    seed_everything();
    const int64_t fresh = random_state();
    seed_everything();
    forget_throws();
    errno = 0;
    for (Called& call : *calls) call.run();
    const int left = errno;
    const int64_t after = random_state();
    const auto mended = library.modes.mend();
    for (int fd : {1, 2})
        if (const std::string text = captured.text(fd); !text.empty()) {
            Writer value;
            value.text(text);
            effects[fd == 1 ? "stdout" : "stderr"] = value.data;
        }
    effects.insert(mended.begin(), mended.end());
    if (library.tells_errno) {
        Writer value;
        perfbot_driver_integer(&value, left);
        effects["errno"] = value.data;
    }
    if (after != fresh) {
        Writer value;
        perfbot_driver_integer(&value, after);
        effects["rng"] = value.data;
    }
    const auto changed = around.changes();
    effects.insert(changed.begin(), changed.end());
    return effects;
}

void put_both(const std::vector<Called>& calls, Writer* to) {
    to->list(2);
    to->list(2);
    for (const Called& call : calls) call.write_value(to);
    to->list(2);
    for (const Called& call : calls) {
        to->list(2);
        call.write_arguments(to);
    }
}

}  // namespace

void observe(const Library& library, const std::string& inputs, bool twice, Writer* to) {
    std::vector<Called> calls;
    try {
        calls.reserve(2);
        for (int count = 0; count < (twice ? 2 : 1); ++count) calls.emplace_back(library, inputs);
    } catch (const std::runtime_error& error) {
        put_unsendable(error.what(), to);
        return;
    }
    const auto effects = effects_of(library, &calls);
    const bool is_explicit = !calls.back().returned && thrown_by(
        reinterpret_cast<const void*>(library.entry->describe));
    bool returned = true;
    for (const Called& call : calls) returned = returned && call.returned;
    Writer body, told;
    if (twice) put_both(calls, &body);
    else calls[0].write(&body);
    if (!body.unreadable.empty()) {
        put_unsendable(body.unreadable, to);
        return;
    }
    told.dict(effects.size());
    for (const auto& [name, value] : effects) {
        told.text(name);
        told.raw(value);
    }
    to->list(4);
    to->text(returned ? "return" : "raise");
    to->boolean(is_explicit);
    to->bytes(sealed(body.data));
    to->bytes(told.data);
}

}  // namespace perfbot_driver
