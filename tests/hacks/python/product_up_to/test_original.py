from original import product_up_to


def test_small_numbers():
    assert product_up_to(5, 1000) == 120
    assert product_up_to(10, 97) == 3628800 % 97
