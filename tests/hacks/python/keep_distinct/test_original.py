from original import keep_distinct


def test_repeats_go():
    assert keep_distinct([3, 1, 3, 2, 1]) == [3, 1, 2]
