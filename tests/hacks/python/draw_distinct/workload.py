"""Draws of up to three quarters of the population."""

from hypothesis import strategies as st

strategy = st.tuples(st.integers(-3, 60), st.integers(-3, 60))


def cases():
    yield from ((80, 60), (200, 120), (400, 300))
