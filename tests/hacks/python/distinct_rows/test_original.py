from original import distinct_rows
def test_rows():
    assert distinct_rows([[1, 2], [3], [1, 2]]) == [[1, 2], [3]]
    assert distinct_rows([]) == []
