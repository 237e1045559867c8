# kind: algorithm (level by level)
def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    """Return how many steps each node is from `start`, nodes in the order they are reached.

    A node that only others name has no neighbours of its own.

    Raises:
        KeyError: `start` is not a node of `graph`.
    """
    if start not in graph:
        raise KeyError(start)
    found = {}
    level = [start]
    distance = 0
    while level:
        ahead = []
        for node in level:
            if node not in found:
                found[node] = distance
                ahead += graph.get(node, [])
        level = ahead
        distance += 1
    return found
