"""Passwords, short to long."""


def cases():
    yield ("Tr0ub4dour&3",)
    yield ("correcthorsebatterystaple",)
    yield ("abcdef123456zyxwvuABCD" * 4,)
