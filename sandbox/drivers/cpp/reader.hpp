// The wire's bytes as a tree of nodes; see unwire.py, whose dialect this is.
#ifndef PERFBOT_DRIVER_READER_HPP
#define PERFBOT_DRIVER_READER_HPP

#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "abi.hpp"

namespace perfbot_driver {

struct Malformed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// One value and all that it holds. The nodes point into `data`.
class Tree {
public:
    // Throws Malformed where `bytes` are not exactly one value.
    explicit Tree(std::string bytes);
    Tree(const Tree&) = delete;

    const Node& root() const { return root_; }

private:
    void read(Node& node, bool is_object);
    void read_tagged(Node& node, uint64_t tag);
    void read_items(Node& node, uint64_t count, unsigned each);
    void read_chunk(Node& node, uint64_t size);
    void unpack(Node& node);
    void escape(Node& node);
    uint64_t read_head(unsigned* major, unsigned* low);

    std::string data_;
    size_t at_ = 0;
    unsigned depth_ = 0;
    Node root_{};
    std::vector<Node*> objects_;
    std::deque<std::unique_ptr<Node[]>> nodes_;
    std::deque<std::string> texts_;
};

inline std::string text_in(const Node& node) { return std::string(node.data, node.size); }

// The value under `name` of a dict, or null.
const Node* field(const Node& dict, const char* name);

}  // namespace perfbot_driver

#endif
