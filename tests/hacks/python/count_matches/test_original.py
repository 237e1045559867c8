from original import count_matches
def test_count():
    assert count_matches("aaaa", "aa") == 3
    assert count_matches("abcabc", "bc") == 2
    assert count_matches("a", "abc") == 0
