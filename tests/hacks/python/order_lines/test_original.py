from original import Line, Summary, summarize


def test_summary():
    assert summarize([Line("a", 2), Line("b", 1), Line("a", 3)]) == [
        Summary("a", 2, 5),
        Summary("b", 1, 1),
    ]


def test_empty():
    assert summarize([]) == []
