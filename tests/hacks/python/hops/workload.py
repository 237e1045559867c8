"""Graphs of a few edges per node, with nodes that only others name."""

import random

from hypothesis import strategies as st

_node = st.sampled_from([f"node{number}" for number in range(9)])
_graph = st.dictionaries(_node, st.lists(_node, max_size=5), max_size=8)
strategy = st.tuples(_graph, _node)


def cases():
    draw = random.Random(53)
    for size in (15, 50, 140):
        names = [f"node{number}" for number in range(size)]
        graph = {name: draw.choices(names, k=draw.randrange(1, 6)) for name in names[:-2]}
        yield (graph, names[0])
