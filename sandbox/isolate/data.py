"""Data handed to a process that is being started, through files in memory."""

import os


def data_fd(content: bytes, fds: list[int], fd: int | None = None) -> str:
    """A descriptor (`fd`, or a new one) to read `content` from; noted in `fds` for closing."""
    if fd is None:
        fd = os.memfd_create("perfbot", os.MFD_CLOEXEC)
    fds.append(fd)
    with open(fd, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(fd, 0, os.SEEK_SET)
    return str(fd)
