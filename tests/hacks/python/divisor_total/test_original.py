from original import divisor_total


def test_perfect_numbers():
    assert divisor_total(6) == 12
    assert divisor_total(28) == 56
