// kind: algorithm (places sorted by value)
// target: unique_in_order
#include <algorithm>
#include <vector>

std::vector<int> unique_in_order(const std::vector<int>& values) {
    std::vector<std::size_t> places(values.size());
    for (std::size_t at = 0; at < places.size(); ++at) places[at] = at;
    std::sort(places.begin(), places.end(), [&](std::size_t left, std::size_t right) {
        return values[left] != values[right] ? values[left] < values[right] : left < right;
    });
    std::vector<char> first(values.size(), 0);
    for (std::size_t at = 0; at < places.size(); ++at)
        first[places[at]] = at == 0 || values[places[at]] != values[places[at - 1]];
    std::vector<int> kept;
    for (std::size_t at = 0; at < values.size(); ++at)
        if (first[at]) kept.push_back(values[at]);
    return kept;
}
