import asyncio

import pytest
from original import harvest


def test_harvest():
    assert asyncio.run(harvest([1, 2, 9], 2)) == {"above": 2, "rounds": 2}


def test_no_readings():
    with pytest.raises(ValueError):
        asyncio.run(harvest([], 1))
