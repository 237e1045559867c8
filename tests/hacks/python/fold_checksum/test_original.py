from original import checksum


def test_checksum():
    assert checksum(b"\x00\x01\xf2\x03\xf4\xf5\xf6\xf7") == 0x220D
    assert checksum(b"") == 0xFFFF
