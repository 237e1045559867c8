import pytest
from original import hops


def test_hops():
    graph = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}
    assert hops(graph, "a") == {"a": 0, "b": 1, "c": 1, "d": 2}


def test_circle():
    assert hops({"a": ["b"], "b": ["a"]}, "b") == {"b": 0, "a": 1}


def test_no_such_node():
    with pytest.raises(KeyError):
        hops({"a": []}, "x")
