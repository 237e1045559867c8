#include "library.hpp"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

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

void Library::load(const std::string& bytes) {
    const int fd = memfd_create("version", MFD_CLOEXEC);
    size_t written = 0;
    while (written < bytes.size()) {
        const ssize_t count = write(fd, bytes.data() + written, bytes.size() - written);
        if (count <= 0) throw Failure("the library does not fit into memory");
        written += static_cast<size_t>(count);
    }
    modes = Modes::now();
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    close(fd);
    if (handle == nullptr) throw Failure(std::string("the library does not load: ") + dlerror());
    using Find = const Entry* (*)();
    const auto find = reinterpret_cast<Find>(dlsym(handle, "perfbot_driver_entry"));
    if (find == nullptr) throw Failure("the library has no entry of perfbot's");
    entry = find();
    if (entry->version != abi_version) throw Failure("the library is of another perfbot");
}

void Library::choose_mutant(int number) {
    auto* chosen = static_cast<volatile int*>(dlsym(handle, "perfbot_mutant"));
    if (chosen == nullptr) throw Failure("the library holds no mutants");
    *chosen = number;
}

Called::Called(const Library& library, const std::string& inputs)
    : entry(library.entry), call(nullptr) {
    const Tree tree(inputs);
    const Node& root = tree.root();
    if (root.kind != Kind::list || root.count != 2) throw Malformed("no arguments");
    const Node& args = root.items[0];
    const Node& kwargs = root.items[1];
    if (args.kind != Kind::tuple && args.kind != Kind::list) throw Malformed("no arguments");
    if (kwargs.count != 0) throw Failure("arguments of C++ have no names");
    Writer reason;
    call = entry->make(args.items, args.count, &reason);
    if (call == nullptr) throw Failure(reason.data);
}

Called::Called(Called&& other) noexcept
    : returned(other.returned), entry(other.entry), call(other.call) {
    other.call = nullptr;
}

Called::~Called() {
    if (call != nullptr) entry->destroy(call);
}

std::string Called::body() const {
    Writer to;
    to.list(3);
    write_value(&to);
    write_arguments(&to);
    return sealed(to.data);
}

void Called::write_arguments(Writer* to) const {
    entry->write_arguments(call, to);
    to->dict(0);
}

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

void observe(const Library& library, const std::string& inputs, bool twice, Writer* to) {
    std::vector<Called> calls;
    to->list(4);
    try {
        calls.reserve(2);
        for (int count = 0; count < (twice ? 2 : 1); ++count) calls.emplace_back(library, inputs);
    } catch (const std::runtime_error& error) {
        Writer reason, nothing;
        reason.text(error.what());
        nothing.dict(0);
        to->text("unsendable");
        to->boolean(false);
        to->bytes(reason.data);
        to->bytes(nothing.data);
        return;
    }
    std::map<std::string, std::string> effects;
    bool explicit_throw = false;
    {
        Captured captured;
        Surroundings around;
        seed_everything();
        const int64_t fresh = random_state();
        seed_everything();
        forget_throws();
        for (Called& call : calls) call.run();
        check_leaks();
        explicit_throw = !calls.back().returned && thrown_by(
            reinterpret_cast<const void*>(library.entry->describe));
        const int64_t after = random_state();
        const auto mended = library.modes.mend();
        for (int fd : {1, 2})
            if (const std::string text = captured.text(fd); !text.empty()) {
                Writer value;
                value.text(text);
                effects[fd == 1 ? "stdout" : "stderr"] = value.data;
            }
        effects.insert(mended.begin(), mended.end());
        if (after != fresh) {
            Writer value;
            perfbot_driver_integer(&value, after);
            effects["rng"] = value.data;
        }
        const auto changed = around.changes();
        effects.insert(changed.begin(), changed.end());
    }
    bool all_returned = true;
    for (const Called& call : calls) all_returned = all_returned && call.returned;
    Writer body;
    if (twice) {
        body.list(2);
        body.list(2);
        for (const Called& call : calls) call.write_value(&body);
        body.list(2);
        for (const Called& call : calls) {
            body.list(2);
            call.write_arguments(&body);
        }
    }
    to->text(all_returned ? "return" : "raise");
    to->boolean(explicit_throw);
    to->bytes(twice ? sealed(body.data) : calls[0].body());
    Writer told;
    told.dict(effects.size());
    for (const auto& [name, value] : effects) {
        told.text(name);
        told.raw(value);
    }
    to->bytes(told.data);
}

}  // namespace perfbot_driver
