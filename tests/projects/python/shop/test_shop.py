import asyncio

from shop import Shop, cost, first, is_reserved, is_temporary, later, lazily, seconds, thrice, total

def test_it():
    assert thrice(2) == 6 and thrice(-1) == -3
    assert is_reserved(8080) and not is_reserved(80)
    assert cost(2, 3) == 21
    assert is_temporary("tmp_1") and not is_temporary("log_1")
    assert total([1, 2]) == 3 and total([]) == 0
    assert seconds(1, 1) == 3660 and seconds(2) == 7200
    assert first(iter([1])) == 1 and list(lazily(1)) == [1]
    assert asyncio.run(later(1)) == 1 and Shop().twice(2) == 4
