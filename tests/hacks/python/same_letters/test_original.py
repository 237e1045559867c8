from original import same_letters


def test_same_letters():
    assert same_letters("listen", "silent")
    assert not same_letters("aab", "abb")
    assert same_letters("", "") and not same_letters("a", "")
