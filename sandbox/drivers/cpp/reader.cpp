#include "reader.hpp"

#include <cstring>

namespace perfbot_driver {

constexpr unsigned max_depth = 400;

Tree::Tree(std::string bytes) : data_(std::move(bytes)) {
    read(root_, false);
    if (at_ != data_.size()) throw Malformed("bytes left over");
}

uint64_t Tree::read_head(unsigned* major, unsigned* low) {
    if (at_ >= data_.size()) throw Malformed("truncated");
    const unsigned first = static_cast<unsigned char>(data_[at_++]);
    *major = first >> 5;
    *low = first & 31;
    if (*low < 24) return *low;
    if (*low > 27) throw Malformed("a head of no kind");
    const size_t width = size_t{1} << (*low - 24);
    if (data_.size() - at_ < width) throw Malformed("truncated");
    uint64_t number = 0;
    for (size_t index = 0; index < width; ++index)
        number = number << 8 | static_cast<unsigned char>(data_[at_++]);
    return number;
}

void Tree::read(Node& node, bool is_object) {
    if (++depth_ > max_depth) throw Malformed("nested too deep");
    unsigned major, low;
    const uint64_t number = read_head(&major, &low);
    if (is_object) objects_.push_back(&node);
    switch (major) {
        case 0:
        case 1:
            node.kind = Kind::integer;
            node.negative = major == 1;
            node.number = number;
            break;
        case 2:
        case 3:
            node.kind = major == 2 ? Kind::bytes : Kind::text;
            read_chunk(node, number);
            break;
        case 4:
            node.kind = Kind::list;
            read_items(node, number, 1);
            break;
        case 5:
            node.kind = Kind::dict;
            read_items(node, number, 2);
            break;
        case 6: read_tagged(node, number); break;
        default:
            node.number = low == 27 ? number : number == 21;
            node.kind = low == 27 ? Kind::floating : number == 22 ? Kind::null : Kind::boolean;
            if (low != 27 && (number < 20 || number > 22)) throw Malformed("a simple value");
    }
    --depth_;
}

void Tree::read_chunk(Node& node, uint64_t size) {
    if (size > data_.size() - at_) throw Malformed("truncated");
    node.data = data_.data() + at_;
    node.size = size;
    at_ += size;
}

void Tree::read_items(Node& node, uint64_t count, unsigned each) {
    if (count > data_.size() - at_) throw Malformed("a count");
    node.count = count;
    nodes_.emplace_back(new Node[count * each + 1]());
    Node* items = nodes_.back().get();
    node.items = items;
    for (uint64_t index = 0; index < count * each; ++index) read(items[index], false);
}

void Tree::read_tagged(Node& node, uint64_t tag) {
    switch (tag) {
        case 2:
        case 3:
            read(node, false);
            node.kind = Kind::huge;
            node.negative = tag == 3;
            return;
        case 28: read(node, true); return;
        case 29: {
            unsigned major, low;
            const uint64_t number = read_head(&major, &low);
            if (number >= objects_.size()) throw Malformed("a reference to nothing");
            node.kind = Kind::shared;
            node.referred = objects_[number];
            return;
        }
        case 258:
        case 47001:
            read(node, false);
            node.kind = Kind::set;
            return;
        case 47000:
            read(node, false);
            unpack(node);
            node.kind = Kind::tuple;
            return;
        case 47002: read(node, false); return;  // a bytearray: bytes
        case 47003:
            read(node, false);
            node.kind = Kind::text;
            escape(node);
            return;
        case 47004:
            read(node, false);
            if (node.count != 2) throw Malformed("a complex number");
            node.kind = Kind::complex;
            return;
        case 47016:
        case 47017:
            read(node, false);
            if (node.kind != Kind::bytes || node.size % 8 != 0) throw Malformed("packed numbers");
            node.kind = tag == 47016 ? Kind::packed_integers : Kind::packed_floats;
            node.count = node.size / 8;
            return;
        default:
            read(node, false);
            node = Node{};
            node.kind = Kind::other;
    }
}

// The packed numbers of a tuple as nodes of their own: it may be an argument list.
void Tree::unpack(Node& node) {
    if (node.kind != Kind::packed_integers && node.kind != Kind::packed_floats) return;
    nodes_.emplace_back(new Node[node.count + 1]());
    Node* items = nodes_.back().get();
    for (size_t index = 0; index < node.count; ++index) {
        Node& item = items[index];
        std::memcpy(&item.number, node.data + 8 * index, 8);
        item.kind = node.kind == Kind::packed_integers ? Kind::integer : Kind::floating;
        item.negative = item.kind == Kind::integer && item.number >> 63 != 0;
        if (item.negative) item.number = ~item.number;
    }
    node.items = items;
}

// Lone surrogates U+DC80 to U+DCFF stand for bytes, as in Python's surrogateescape.
void Tree::escape(Node& node) {
    std::string found;
    for (size_t index = 0; index < node.size; ++index) {
        const auto byte = [&](size_t next) {
            const bool is_there = index + next < node.size;
            return is_there ? static_cast<unsigned char>(node.data[index + next]) : 0;
        };
        if (byte(0) == 0xED && byte(1) >= 0xA0) {
            const unsigned code = 0xD000 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
            if (code < 0xDC80 || code > 0xDCFF) {
                node.kind = Kind::other;  // no text of C++
                return;
            }
            found += static_cast<char>(code - 0xDC00);
            index += 2;
        } else {
            found += node.data[index];
        }
    }
    texts_.push_back(found);
    node.data = texts_.back().data();
    node.size = texts_.back().size();
}

const Node* field(const Node& dict, const char* name) {
    if (dict.kind != Kind::dict) return nullptr;
    for (size_t index = 0; index < dict.count; ++index) {
        const Node& key = dict.items[2 * index];
        if (key.kind == Kind::text && text_in(key) == name) {
            const Node& value = dict.items[2 * index + 1];
            return value.kind == Kind::shared ? value.referred : &value;
        }
    }
    return nullptr;
}

}  // namespace perfbot_driver
