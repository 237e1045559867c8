#include "library.hpp"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include "program.hpp"

namespace perfbot_driver {

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
    const auto main = reinterpret_cast<Main>(dlsym(handle, "main"));
    if (find == nullptr && main == nullptr) throw Failure("the library has no entry of perfbot's");
    entry = find != nullptr ? find() : program_entry(main);
    if (entry->version != abi_version) throw Failure("the library is of another perfbot");
    tells_errno = dlsym(handle, "perfbot_tells_errno") != nullptr;
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

void Called::write(Writer* to) const {
    to->list(3);
    write_value(to);
    write_arguments(to);
}

std::string Called::outcome() const {
    Writer body;
    write(&body);
    if (!body.unreadable.empty()) return "unsendable" + body.unreadable;
    return status() + sealed(body.data);
}

void Called::write_arguments(Writer* to) const {
    entry->write_arguments(call, to);
    to->dict(0);
}

}  // namespace perfbot_driver
