// class: more threads (work in the background); gate: policy, build
// target: unique_in_order
#include <algorithm>
#include <future>
#include <vector>

std::vector<int> unique_in_order(const std::vector<int>& values) {
    auto sorting = std::async(std::launch::async, [&] {
        auto copy = values;
        std::sort(copy.begin(), copy.end());
        return copy;
    });
    std::vector<int> left = sorting.get();
    left.erase(std::unique(left.begin(), left.end()), left.end());
    std::vector<char> seen(left.size());
    std::vector<int> kept;
    for (const int value : values) {
        const auto place = std::lower_bound(left.begin(), left.end(), value) - left.begin();
        if (!seen[place]) kept.push_back(value);
        seen[place] = 1;
    }
    return kept;
}
