from original import edit_distance


def test_words():
    assert edit_distance("kitten", "sitting") == 3


def test_empty():
    assert edit_distance("", "abc") == 3


def test_same():
    assert edit_distance("same", "same") == 0
