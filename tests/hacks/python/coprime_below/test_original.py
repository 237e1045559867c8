from original import coprime_below


def test_small_numbers():
    assert coprime_below(9) == 6
    assert coprime_below(10) == 4
    assert coprime_below(13) == 12
