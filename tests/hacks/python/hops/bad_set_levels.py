# class: hash order (each level is a set); gate: replay, fuzz
def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    """Return how many steps each node is from `start`, nodes in the order they are reached."""
    if start not in graph:
        raise KeyError(start)
    found = {}
    level = {start}
    distance = 0
    while level:
        found.update(dict.fromkeys(level, distance))
        level = {other for node in level for other in graph.get(node, [])} - found.keys()
        distance += 1
    return found
