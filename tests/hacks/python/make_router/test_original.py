from original import make_router


def test_longest_prefix():
    route = make_router([("/", "root"), ("/a", "a")])
    assert route("/a/b") == "a"


def test_no_route():
    assert make_router([])("/x") is None
