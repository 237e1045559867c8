import random


def graph(draw, nodes, edges):
    lines = [f"{nodes} {edges}"]
    for _ in range(edges):
        lines.append(f"{draw.randint(1, nodes)} {draw.randint(1, nodes)}")
    return "\n".join(lines) + "\n"


def path(nodes):
    lines = [f"{nodes} {nodes - 1}", *(f"{at} {at - 1}" for at in range(nodes, 1, -1))]
    return "\n".join(lines) + "\n"


def cases():
    draw = random.Random(2)
    yield ("4 2\n1 2\n3 4\n",)
    for nodes, edges in ((6, 5), (40, 50), (300, 900)):
        yield (graph(draw, nodes, edges),)
    yield (path(4000),)
