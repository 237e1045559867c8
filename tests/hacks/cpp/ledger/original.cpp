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
    std::vector<std::uint64_t> found;
    for (const auto& [first, last] : ranges) {
        std::uint64_t total = 0;
        for (std::size_t at = first; at < last && at < amounts_.size(); ++at) total += amounts_[at];
        found.push_back(total);
    }
    return found;
}
