// class: out of bounds (ranges may end beyond the ledger); gate: sanitize, fuzz
// target: Ledger::totals
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
    for (const auto& [first, last] : ranges)
        found.push_back(first < last ? before[last] - before[first] : 0);
    return found;
}
