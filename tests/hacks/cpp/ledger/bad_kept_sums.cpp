// class: state across calls (sums kept from the first ledger); gate: policy
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
    static const std::vector<std::uint64_t> before = [this] {
        std::vector<std::uint64_t> sums(amounts_.size() + 1);
        for (std::size_t at = 0; at < amounts_.size(); ++at) sums[at + 1] = sums[at] + amounts_[at];
        return sums;
    }();
    std::vector<std::uint64_t> found;
    for (const auto& [first, last] : ranges) {
        const std::size_t end = std::min<std::size_t>(last, before.size() - 1);
        found.push_back(first < end ? before[end] - before[first] : 0);
    }
    return found;
}
