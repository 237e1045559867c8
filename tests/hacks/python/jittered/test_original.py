from original import jittered


def test_range():
    assert all(0.5 * 8 <= delay < 1.5 * 8 for delay in jittered([8, 8]))


def test_distinct():
    assert len(jittered([1, 2, 1])) == 2
