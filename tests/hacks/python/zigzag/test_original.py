from original import zigzag


def test_zigzag():
    assert zigzag(0) == b"\x00"
    assert zigzag(300) == b"\xd8\x04"
