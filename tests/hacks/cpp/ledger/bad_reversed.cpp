// class: boundary (a reversed range is not empty); gate: fuzz, coverage
// target: Ledger::totals
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

class Ledger {
public:
    explicit Ledger(std::vector<std::uint64_t> amounts) : amounts_(std::move(amounts)) {}
    std::vector<std::uint64_t> totals(
        const std::vector<std::pair<std::uint32_t, std::uint32_t>>& ranges) const;

private:
    std::vector<std::uint64_t> amounts_;
};

std::vector<std::uint64_t> Ledger::totals(
    const std::vector<std::pair<std::uint32_t, std::uint32_t>>& ranges) const {
    std::vector<std::uint64_t> before(amounts_.size() + 1);
    for (std::size_t at = 0; at < amounts_.size(); ++at) before[at + 1] = before[at] + amounts_[at];
    std::vector<std::uint64_t> found;
    for (const auto& [first, last] : ranges) {
        const std::size_t begin = std::min<std::size_t>(first, amounts_.size());
        const std::size_t end = std::min<std::size_t>(last, amounts_.size());
        found.push_back(before[end] - before[begin]);
    }
    return found;
}
