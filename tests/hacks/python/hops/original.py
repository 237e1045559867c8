# target: hops
"""Graphs as the neighbours of each node."""


def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    """Return how many steps each node is from `start`, nodes in the order they are reached.

    A node that only others name has no neighbours of its own.

    Raises:
        KeyError: `start` is not a node of `graph`.
    """
    if start not in graph:
        raise KeyError(start)
    queue = [(start, 0)]
    found = []
    while queue:
        node, distance = queue.pop(0)
        if node in [known for known, _ in found]:
            continue
        found.append((node, distance))
        for neighbour in graph.get(node, []):
            queue.append((neighbour, distance + 1))
    return dict(found)
