from original import normalized


def test_lines():
    assert list(normalized([" a  b ", " ", "c"])) == ["a b", "c"]
