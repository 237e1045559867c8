from original import Audited, Table
def test_rows():
    assert Table.from_rows([{"a": 1}, {"b": 2}]).columns == {"a": [1, 0], "b": [0, 2]}
    assert isinstance(Audited.from_rows([]), Audited)
