// The driver of C and C++: one framed request in, one framed reply out; as serve.py for Python.
//
// Frames are a 4-byte big-endian length and a CBOR list: [nonce, verb, arguments] one way,
// [nonce, "ok" or "error", result] the other. A reply without its request's nonce is no reply.

#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <thread>

#include "count.hpp"
#include "library.hpp"
#include "observe.hpp"
#include "reports.hpp"
#include "surroundings.hpp"

namespace perfbot_driver {

constexpr int64_t format = 1;
constexpr size_t part_bytes = 16 << 20;

// A stream socket that carries frames, and file descriptors beside them.
class Connection {
public:
    explicit Connection(int fd) : fd_(fd) {}

    std::string receive() {
        unsigned char size[4];
        receive_exactly(reinterpret_cast<char*>(size), 4);
        std::string data(size_t{size[0]} << 24 | size_t{size[1]} << 16 | size_t{size[2]} << 8 |
                             size[3], '\0');
        receive_exactly(&data[0], data.size());
        return data;
    }
    void send(const std::string& data) {
        std::string frame;
        for (int shift = 24; shift >= 0; shift -= 8)
            frame += static_cast<char>(data.size() >> shift);
        frame += data;
        for (size_t sent = 0; sent < frame.size();) {
            const ssize_t count =
                ::send(fd_, frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
            if (count <= 0) _exit(0);
            sent += static_cast<size_t>(count);
        }
    }
    int take_descriptor() {
        if (descriptors_.empty()) throw Failure("no descriptor came with the request");
        const int found = descriptors_.back();
        descriptors_.pop_back();
        return found;
    }
    void replace(int fd) {
        close(fd_);
        fd_ = fd;
    }
    int fd() const { return fd_; }

private:
    void receive_exactly(char* to, size_t count) {
        while (count > 0) {
            alignas(cmsghdr) char control[256];
            iovec part{to, count};
            msghdr message{};
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            message.msg_control = control;
            message.msg_controllen = sizeof control;
            const ssize_t received = recvmsg(fd_, &message, MSG_CMSG_CLOEXEC);
            if (received <= 0) _exit(0);  // perfbot closed its end
            for (cmsghdr* item = CMSG_FIRSTHDR(&message); item != nullptr;
                 item = CMSG_NXTHDR(&message, item))
                if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS)
                    for (size_t at = 0; at < (item->cmsg_len - CMSG_LEN(0)) / sizeof(int); ++at) {
                        int fd;
                        std::memcpy(&fd, CMSG_DATA(item) + at * sizeof(int), sizeof fd);
                        descriptors_.push_back(fd);
                    }
            to += received;
            count -= static_cast<size_t>(received);
        }
    }
    int fd_;
    std::vector<int> descriptors_;
};

// What one driver process holds: at most one version, and a timed batch of calls.
class Server {
public:
    explicit Server(int fd) : connection_(fd) {}

    [[noreturn]] void serve() {
        for (;;) {
            const Tree request(connection_.receive());
            const Node& root = request.root();
            if (root.count != 3) _exit(1);
            const std::string nonce = text_in(root.items[0]);
            answer_for(connection_.fd(), nonce);
            Writer reply;
            reply.list(3);
            reply.bytes(nonce);
            const Writer begun = reply;
            try {
                reply.text("ok");
                answer(text_in(root.items[1]), root.items[2], &reply);
            } catch (const std::exception& error) {
                reply = begun;
                reply.text("error");
                reply.text(error.what());
            }
            connection_.send(reply.data);
        }
    }

private:
    using Verb = void (Server::*)(const Node&, Writer*);

    void answer(const std::string& verb, const Node& arguments, Writer* to) {
        static const std::map<std::string, Verb> verbs = {
            {"hello", &Server::hello}, {"setup", &Server::setup}, {"fork", &Server::fork},
            {"load", &Server::load}, {"describe", &Server::describe}, {"call", &Server::call},
            {"settle", &Server::settle}, {"prepare", &Server::prepare}, {"run", &Server::run},
            {"watch", &Server::watch}, {"left", &Server::left},
            {"outputs", &Server::outputs}, {"covered", &Server::covered},
            {"concurrently", &Server::concurrently}, {"mutant", &Server::mutant},
            {"leaks", &Server::leaks},
        };
        const auto found = verbs.find(verb);
        if (found == verbs.end()) throw Failure("no verb " + verb);
        const Node* given = arguments.kind == Kind::shared ? arguments.referred : &arguments;
        (this->*found->second)(*given, to);
    }

    static std::string bytes_of(const Node& arguments, const char* name) {
        const Node* found = field(arguments, name);
        if (found == nullptr || found->kind != Kind::bytes)
            throw Failure(std::string("no bytes named ") + name);
        return text_in(*found);
    }
    static std::vector<std::string> items_of(const Node& arguments) {
        const Node* found = field(arguments, "inputs");
        if (found == nullptr || found->kind != Kind::list) throw Failure("no inputs");
        std::vector<std::string> items;
        for (size_t at = 0; at < found->count; ++at) items.push_back(text_in(found->items[at]));
        return items;
    }
    Library& library() {
        if (library_.entry == nullptr) throw Failure("no version is loaded");
        return library_;
    }

    void hello(const Node&, Writer* to) {
        to->dict(2);
        to->text("format");
        perfbot_driver_integer(to, format);
        to->text("c++");
        perfbot_driver_integer(to, __cplusplus);
    }
    void setup(const Node&, Writer* to) { to->list(0); }

    void fork(const Node&, Writer* to) {
        const int fd = connection_.take_descriptor();
        while (waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        const pid_t child = ::fork();
        if (child < 0) throw Failure("the sandbox holds no more processes");
        if (child == 0) {
            connection_.replace(fd);
            serve();
        }
        close(fd);
        to->boolean(true);
    }

    void load(const Node& arguments, Writer* to) {
        std::string failure;
        watch_signals();
        try {
            library_.load(bytes_of(arguments, "library"));
        } catch (const Failure& error) {
            failure = error.what();
        }
        to->dict(3);
        to->text("failure");
        if (failure.empty()) to->null();
        else to->text(failure);
        for (const char* name : {"imported", "state"}) {
            to->text(name);
            to->list(0);
        }
    }

    void describe(const Node&, Writer* to) {
        Writer text;
        library().entry->describe(&text);
        to->text(text.data);
    }

    void call(const Node& arguments, Writer* to) {
        const Node* way = field(arguments, "way");
        const bool twice = way != nullptr && text_in(*way) == "twice";
        observe(library(), bytes_of(arguments, "inputs"), twice, to);
    }

    void settle(const Node&, Writer* to) { to->boolean(true); }

    void prepare(const Node& arguments, Writer* to) {
        const Node* repeat = field(arguments, "repeat");
        const bool repeats = repeat != nullptr && repeat->kind == Kind::integer;
        const uint64_t times = repeats ? repeat->number : 1;
        const std::vector<std::string> inputs = items_of(arguments);
        batch_.clear();
        sent_ = 0;
        batch_.reserve(times * inputs.size());
        for (uint64_t round = 0; round < times; ++round)
            for (const std::string& item : inputs) batch_.emplace_back(library(), item);
        captured_.reset(new Captured);
        to->boolean(true);
    }

    void run(const Node&, Writer* to) {
        for (Called& call : batch_) call.run();
        to->boolean(true);
    }

    // Before a batch whose `left` will be asked for.
    void watch(const Node&, Writer* to) {
        around_ = std::make_unique<Surroundings>();
        to->boolean(true);
    }

    // The kinds of things that differ after the batch, by the names that one call's effects have.
    void left(const Node&, Writer* to) {
        if (around_ == nullptr) throw Failure("nothing was watched");
        std::vector<std::string> kinds;
        for (const auto& [name, value] : library().modes.mend()) kinds.push_back(name);
        for (const auto& [name, value] : around_->changes()) kinds.push_back(name);
        if (captured_ && !(captured_->text(1).empty() && captured_->text(2).empty()))
            kinds.push_back("output");
        around_.reset();
        std::sort(kinds.begin(), kinds.end());
        to->list(kinds.size());
        for (const std::string& kind : kinds) to->text(kind);
    }

    // At most about `part_bytes` at a time, the next ones at the next request; none at the end.
    void outputs(const Node&, Writer* to) {
        if (captured_) {
            captured_->text(1);  // what was still to be written belongs to the batch
            captured_.reset();
            library().modes.mend();
        }
        std::vector<std::string> found;
        size_t size = 0;
        while (sent_ < batch_.size() && size < part_bytes) {
            found.push_back(batch_[sent_].outcome());
            size += found.back().size();
            ++sent_;
        }
        if (sent_ == batch_.size()) {
            batch_.clear();
            sent_ = 0;
        }
        to->list(found.size());
        for (const std::string& item : found) to->bytes(item);
    }

    // gcov's counts since the last request.
    void covered(const Node&, Writer* to) {
        library().entry->dump_coverage(true);
        const char* root = std::getenv("PERFBOT_ROOT");
        const std::string path = std::string(root != nullptr ? root : "") + "/box/unit.gcda";
        std::ifstream file(path, std::ios::binary);
        std::ostringstream content;
        content << file.rdbuf();
        std::remove(path.c_str());
        to->bytes(content.str());
    }

    // Each of the inputs in a thread of its own, at once.
    void concurrently(const Node& arguments, Writer* to) {
        std::vector<Called> calls;
        const std::vector<std::string> inputs = items_of(arguments);
        calls.reserve(inputs.size());
        for (const std::string& item : inputs) calls.emplace_back(library(), item);
        Captured captured;
        std::vector<std::thread> threads;
        for (Called& call : calls) threads.emplace_back([&call] { call.run(); });
        for (std::thread& thread : threads) thread.join();
        check_races();
        to->list(calls.size());
        for (const Called& call : calls) to->bytes(call.outcome());
    }

    // Ends with a report where calls so far have left memory that nobody can free.
    void leaks(const Node&, Writer* to) {
        const Captured captured;
        check_leaks();
        to->boolean(true);
    }

    // Which of the mutants in a version's library is called from now on.
    void mutant(const Node& arguments, Writer* to) {
        const Node* number = field(arguments, "number");
        if (number == nullptr || number->kind != Kind::integer) throw Failure("no number");
        library().choose_mutant(static_cast<int>(number->number));
        to->boolean(true);
    }

    Connection connection_;
    Library library_;
    std::vector<Called> batch_;
    size_t sent_ = 0;
    std::unique_ptr<Captured> captured_;
    std::unique_ptr<Surroundings> around_;
};

}  // namespace perfbot_driver

int main(int count, char** words) {
    if (count > 2) return perfbot_driver::count_calls(count, words);
    if (count != 2) return 2;
    perfbot_driver::Server(std::atoi(words[1])).serve();
}
