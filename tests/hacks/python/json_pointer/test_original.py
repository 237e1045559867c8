import pytest
from original import resolve
DOC = {"foo": ["bar", "baz"], "a/b": 1, "m~n": {"k": [1, {"z": 2}]}}
def test_resolve():
    assert resolve(DOC, "/foo/1") == "baz"
    assert resolve(DOC, "/a~1b") == 1
    assert resolve(DOC, "/m~0n/k/1/z") == 2
    assert resolve(DOC, "") is DOC
def test_missing():
    for p in ("/x", "/foo/7", "/foo/bar"):
        with pytest.raises(KeyError):
            resolve(DOC, p)
    with pytest.raises(ValueError):
        resolve(DOC, "foo")
