import pytest
from original import unmasked


def test_known():
    assert bytes(unmasked(bytearray(b"\x7f\x9f\x4d\x51\x58"), b"\x37\xfa\x21\x3d")) == b"Hello"


def test_no_key():
    with pytest.raises(ValueError, match="no key"):
        unmasked(bytearray(b"a"), b"")
