// The least number of edges from node 1 to each node of an undirected graph, -1 for none.
#include <cstdio>
#include <vector>

int main() {
    int nodes, count;
    scanf("%d %d", &nodes, &count);
    std::vector<int> from(count), to(count), steps(nodes + 1, -1);
    for (int i = 0; i < count; i++) scanf("%d %d", &from[i], &to[i]);
    steps[1] = 0;
    bool changed = true;
    while (changed) {
        changed = false;
        for (int i = 0; i < count; i++) {
            int a = from[i], b = to[i];
            for (int turn = 0; turn < 2; turn++) {
                if (steps[a] >= 0 && (steps[b] < 0 || steps[b] > steps[a] + 1)) {
                    steps[b] = steps[a] + 1;
                    changed = true;
                }
                int other = a;
                a = b;
                b = other;
            }
        }
    }
    for (int node = 1; node <= nodes; node++) printf("%d\n", steps[node]);
    return 0;
}
