# class: mutated inputs (nodes without neighbours are added to the argument); gate: replay, fuzz
from collections import deque


def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    """Return how many steps each node is from `start`, nodes in the order they are reached."""
    if start not in graph:
        raise KeyError(start)
    found = {start: 0}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for neighbour in graph.setdefault(node, []):
            if neighbour not in found:
                found[neighbour] = found[node] + 1
                queue.append(neighbour)
    return found
