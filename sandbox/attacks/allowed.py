"""What must work inside, made by the same road as the attempts: else "held" would show nothing."""

from perfbot.sandbox.attacks.attempt import Attempt

_LANDLOCK = frozenset({"landlock"})

ALLOWED = (
    Attempt("read /usr", "os.listdir('/usr')"),
    Attempt("write the temporary folder", "open(TMP + '/mine', 'w').write('x')"),
    Attempt("write the working folder", "open('mine', 'w').write('x')"),
    Attempt("write the home", "open(os.path.expanduser('~/mine'), 'w').write('x')"),
    Attempt("write /dev/shm", "open('/dev/shm/mine', 'w').write('x')", gaps=_LANDLOCK),
    Attempt("write /dev/null", "open('/dev/null', 'w').write('x')"),
    Attempt("an unnamed file of its own", "unnamed_file_in(TMP)"),
    Attempt("a socket pair", "socket.socketpair()"),
    Attempt(
        "its own loopback",
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname())",
        gaps=_LANDLOCK,
    ),
    Attempt("fork", "in_child(lambda: None)"),
    Attempt("start a program", "subprocess.run(['true'], check=True)"),
    Attempt("memory by descriptor", "os.memfd_create('x')"),
    Attempt("signal its own child", "pid = os.fork() or time.sleep(60)\nos.kill(pid, 9)"),
    Attempt("be traced", "in_child(lambda: os._exit(syscall(nr.ptrace, 0, 0, 0, 0)))"),
    Attempt("a named pipe", "os.mkfifo(TMP + '/pipe')"),
    Attempt("a terminal of its own", "os.openpty()", gaps=_LANDLOCK),
)
"""An entry of `gaps` names a sandbox that refuses it, as it is known to."""
