from math import isclose

from original import deviations


def test_deviations():
    assert deviations([1.0, 2.0, 3.0]) == [-1.0, 0.0, 1.0]


def test_sum_to_zero():
    assert isclose(sum(deviations([0.1, 0.7, 0.4])), 0.0, abs_tol=1e-9)
