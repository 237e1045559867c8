# kind: data structure (a deque and a dict, a node is marked when it is queued)
from collections import deque


def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    """Return how many steps each node is from `start`, nodes in the order they are reached.

    A node that only others name has no neighbours of its own.

    Raises:
        KeyError: `start` is not a node of `graph`.
    """
    if start not in graph:
        raise KeyError(start)
    found = {start: 0}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for neighbour in graph.get(node, ()):
            if neighbour not in found:
                found[neighbour] = found[node] + 1
                queue.append(neighbour)
    return found
