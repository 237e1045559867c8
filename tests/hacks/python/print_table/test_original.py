from original import print_table


def test_printed(capsys):
    print_table([["a", "bb"], ["ccc"]])
    assert "a   |bb |" in capsys.readouterr().out


def test_returns_nothing():
    assert print_table([]) is None
