#include <cstdio>
#include <vector>

int main() {
    int nodes, count;
    scanf("%d %d", &nodes, &count);
    std::vector<std::vector<int>> beside(nodes + 1);
    for (int i = 0; i < count; i++) {
        int a, b;
        scanf("%d %d", &a, &b);
        beside[a].push_back(b);
        beside[b].push_back(a);
    }
    std::vector<int> steps(nodes + 1, -1), queue{1};
    steps[1] = 0;
    for (size_t at = 0; at < queue.size(); at++)
        for (int next : beside[queue[at]])
            if (steps[next] < 0) {
                steps[next] = steps[queue[at]] + 1;
                queue.push_back(next);
            }
    for (int node = 1; node <= nodes; node++) printf("%d\n", steps[node]);
    return 0;
}
