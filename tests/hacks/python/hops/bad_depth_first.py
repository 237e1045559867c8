# class: semantic drift (the last one queued comes first); gate: suite, replay, fuzz
def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    """Return how many steps each node is from `start`, nodes in the order they are reached."""
    if start not in graph:
        raise KeyError(start)
    found = {start: 0}
    stack = [start]
    while stack:
        node = stack.pop()
        for neighbour in graph.get(node, []):
            if neighbour not in found:
                found[neighbour] = found[node] + 1
                stack.append(neighbour)
    return found
