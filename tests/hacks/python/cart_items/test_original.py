import pytest
from original import Cart


def test_add():
    cart = Cart()
    assert cart.add_all([("a", 5), ("b", 7)]) == 2
    assert cart.total == 12


def test_limit():
    with pytest.raises(ValueError):
        Cart(10).add_all([("a", 5), ("b", 7)])
