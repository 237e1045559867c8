#include "sha256.hpp"

#include <array>
#include <cstdint>

namespace perfbot_driver {

namespace {

using Words = std::array<uint32_t, 8>;

uint32_t turned(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
constexpr uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

void take_block(Words& state, const unsigned char* block) {
    uint32_t words[64];
    for (int at = 0; at < 16; ++at)
        words[at] = uint32_t(block[4 * at]) << 24 | uint32_t(block[4 * at + 1]) << 16 |
                    uint32_t(block[4 * at + 2]) << 8 | uint32_t(block[4 * at + 3]);
    for (int at = 16; at < 64; ++at) {
        const uint32_t one = words[at - 15], other = words[at - 2];
        words[at] = words[at - 16] + words[at - 7] +
                    (turned(one, 7) ^ turned(one, 18) ^ one >> 3) +
                    (turned(other, 17) ^ turned(other, 19) ^ other >> 10);
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (int at = 0; at < 64; ++at) {
        const uint32_t one = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) +
                             ((e & f) ^ (~e & g)) + constants[at] + words[at];
        const uint32_t other =
            (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + one;
        d = c;
        c = b;
        b = a;
        a = one + other;
    }
    const uint32_t added[8] = {a, b, c, d, e, f, g, h};
    for (int at = 0; at < 8; ++at) state[at] += added[at];
}

}  // namespace

std::string sha256(const std::string& data) {
    Words state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
    size_t at = 0;
    for (; at + 64 <= data.size(); at += 64) take_block(state, bytes + at);
    std::string rest = data.substr(at) + '\x80';
    while (rest.size() % 64 != 56) rest += '\0';
    const uint64_t bits = uint64_t(data.size()) * 8;
    for (int shift = 56; shift >= 0; shift -= 8) rest += static_cast<char>(bits >> shift);
    for (size_t block = 0; block < rest.size(); block += 64)
        take_block(state, reinterpret_cast<const unsigned char*>(rest.data()) + block);
    std::string found;
    for (const uint32_t word : state)
        for (int shift = 24; shift >= 0; shift -= 8) found += static_cast<char>(word >> shift);
    return found;
}

std::string hexadecimal(const std::string& bytes) {
    std::string found;
    for (const unsigned char byte : bytes) {
        found += "0123456789abcdef"[byte >> 4];
        found += "0123456789abcdef"[byte & 15];
    }
    return found;
}

}  // namespace perfbot_driver
