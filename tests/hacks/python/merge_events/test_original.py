from original import merge_events


def test_merged():
    assert merge_events([[(1, "a"), (4, "b")], [(2, "c")]]) == [(1, "a"), (2, "c"), (4, "b")]


def test_nothing():
    assert merge_events([]) == []
    assert merge_events([[], [(1, "a")]]) == [(1, "a")]
