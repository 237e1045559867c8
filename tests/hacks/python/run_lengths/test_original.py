from original import run_lengths


def test_runs():
    assert run_lengths("aaab") == "a3b"


def test_no_runs():
    assert run_lengths("abc") == "abc"


def test_empty():
    assert run_lengths("") == ""
