from original import is_prime
def test_small():
    assert [n for n in range(30) if is_prime(n)] == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
def test_large():
    assert is_prime(1000003) and not is_prime(1000001)
