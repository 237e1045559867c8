from original import count_words


def test_words():
    assert count_words("The cat, the dog.") == {"the": 2, "cat": 1, "dog": 1}


def test_nothing():
    assert count_words(" - ") == {}
