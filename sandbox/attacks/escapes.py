"""Attempts to see, reach or change the host from inside: all must be held, or be known gaps.

What an attempt is made of is in `attempt.py`: `PRELUDE` says what its code may use.
"""

from perfbot.sandbox.attacks.attempt import Attempt, Outside

_LANDLOCK = frozenset({"landlock"})
_DEPENDS = Outside.DEPENDS
_HARMS = Outside.HARMS

FILES = (
    Attempt("read a file of the host by its path", "print(open(host.secret).read())"),
    Attempt("read a file in the user's cache folder", "print(open(host.home_secret).read())"),
    Attempt(
        "list the user's home",
        # The way to an interpreter that lies there is shown, and nothing beside it.
        "if host.home_name not in os.listdir(host.home): raise Held('it is not as on the host')",
        _DEPENDS,
    ),
    Attempt(
        "learn that a file of the host is there",
        "print(os.stat(host.secret).st_size)",
        gaps=_LANDLOCK,
    ),
    Attempt(
        "read a file of the host through a link",
        "os.symlink(host.secret, TMP + '/link')\nprint(open(TMP + '/link').read())",
    ),
    Attempt("read /etc/shadow", "open_only('/etc/shadow', os.O_RDONLY)", _DEPENDS),
    Attempt(
        "read the file system of pid 1",
        "open_only('/proc/1/root/etc/shadow', os.O_RDONLY)",
        _DEPENDS,
    ),
    Attempt(
        "write a file that everyone may write",
        "open(host.canary, 'w').write('written by an attack')",
    ),
    Attempt(
        "change the mode of a file of the host",
        "os.chmod(host.canary, 0o600)\n"
        "if os.stat(host.canary).st_mode & 0o777 != 0o600: raise Held('it was answered, not done')",
        _DEPENDS,
    ),
    Attempt(
        "change the times of a file of the host",
        "os.utime(host.canary, (1, 1))\n"
        "if os.stat(host.canary).st_mtime != 1: raise Held('it was answered, not done')",
        _DEPENDS,
    ),
    Attempt("replace a file of the host", "os.rename(host.canary, host.canary + '.old')"),
    Attempt("delete a file of the host", "os.unlink(host.canary)"),
    Attempt("write the host's temporary folder", "unnamed_file_in(os.path.dirname(host.canary))"),
    Attempt("write /usr/bin", "unnamed_file_in('/usr/bin')", _DEPENDS),
    Attempt("write /", "unnamed_file_in('/')", _DEPENDS),
    Attempt("write /etc/passwd", "open_only('/etc/passwd', os.O_WRONLY)", _DEPENDS),
    Attempt("write the interpreter's folder", "unnamed_file_in(sys.prefix)", _DEPENDS),
    Attempt("write /dev", "unnamed_file_in('/dev')", _DEPENDS),
    Attempt("fill /dev", "os.mkdir('/dev/perfbot-attack')", _HARMS),
    Attempt("read the host's shared memory", "print(open(host.shared_memory_file).read())"),
    Attempt(
        "read System V shared memory",
        "LIBC.shmat.restype = ctypes.c_void_p\n"
        "at = LIBC.shmat(host.shared_memory_id, None, 0o10000)\n"
        "if at in (None, ctypes.c_void_p(-1).value): raise Held(os.strerror(ctypes.get_errno()))\n"
        "print(ctypes.string_at(at, host.length))",
    ),
    Attempt(
        "see System V shared memory",
        "ids = [line.split()[1] for line in list(open('/proc/sysvipc/shm'))[1:]]\n"
        "if str(host.shared_memory_id) not in ids: raise Held('the list has none of the host')",
        gaps=_LANDLOCK,
    ),
)

SECRETS = (
    Attempt(
        "find a secret in one's own environment",
        "if host.secret_variable not in os.environ: raise Held('the variable is not there')",
    ),
    Attempt("find a secret in an environment", "look_for_token(processes('environ'))", _DEPENDS),
    Attempt(
        "find a secret in a command line", "look_for_token(processes('cmdline'))", gaps=_LANDLOCK
    ),
    Attempt(
        "use a descriptor left open",
        "look_for_token((f'/proc/self/fd/{fd}' for fd in range(3, 1024)), 1)",
    ),
    Attempt("use a descriptor of pid 1", "look_for_token(glob.glob('/proc/1/fd/*'), 1)", _DEPENDS),
    Attempt("use another process's descriptors", "look_for_token(processes('fd/*'), 1)", _DEPENDS),
    Attempt(
        "read perfbot's memory",
        "data = ctypes.create_string_buffer(host.length)\n"
        "here = (ctypes.c_size_t * 2)(ctypes.addressof(data), host.length)\n"
        "there = (ctypes.c_size_t * 2)(host.address, host.length)\n"
        "syscall(nr.process_vm_readv, host.us, ctypes.addressof(here), 1,\n"
        "        ctypes.addressof(there), 1, 0)\n"
        "if data.value != host.token_reversed[::-1].encode(): raise Held('it is other memory')",
        _DEPENDS,
    ),
    Attempt(
        "read addresses of the kernel",
        "addresses = {line.split()[0] for line in open('/proc/kallsyms')}\n"
        "if addresses <= {'0' * 16, '(null)'}: raise Held('all are zero')",
        _DEPENDS,
    ),
    Attempt(
        "learn the host's name",
        "if socket.gethostname() != host.name: raise Held(socket.gethostname())",
        gaps=_LANDLOCK,
    ),
)

PROCESSES = (
    Attempt(
        "see processes of the host",
        "seen = {int(name) for name in os.listdir('/proc') if name.isdigit()}\n"
        "if not {host.victim, host.us} <= seen: raise Held(f'{len(seen)} are there, not these')",
        gaps=_LANDLOCK,
    ),
    Attempt("end a process of the host", "os.kill(host.victim, signal.SIGKILL)"),
    Attempt("end perfbot", "os.kill(host.us, 0)"),
    Attempt(
        "trace a process of the host", "syscall(nr.ptrace, 0x4206, host.victim, 0, 0)", _DEPENDS
    ),
    # Pid 1 of a namespace is bubblewrap, which tells how the code inside ended.
    Attempt("trace pid 1", "syscall(nr.ptrace, 0x4206, 1, 0, 0)", _HARMS),
    Attempt(
        "write the memory of pid 1",
        "open_only('/proc/1/mem', os.O_RDWR)",
        _DEPENDS,
    ),
    Attempt(
        "reach the memory of pid 1 by a call",
        "here = (ctypes.c_size_t * 2)(host.address, 1)  # an address of no meaning there\n"
        "reach(nr.process_vm_readv, 1, ctypes.addressof(here), 1, ctypes.addressof(here), 1, 0)",
        _DEPENDS,
    ),
    Attempt(
        "take a descriptor from pid 1",
        "reach(nr.pidfd_getfd, syscall(nr.pidfd_open, 1, 0), 0, 0)",
        _DEPENDS,
    ),
    Attempt("read the kernel stack of pid 1", "print(open('/proc/1/stack').read())", _DEPENDS),
    Attempt(
        "take a descriptor from a process",
        "syscall(nr.pidfd_getfd, syscall(nr.pidfd_open, host.us, 0), host.leaking_fd, 0)",
        _DEPENDS,
    ),
    Attempt(
        "move a process's memory pages",
        "reach(nr.move_pages, host.victim, 0, 0, 0, 0, 0)",
        _DEPENDS,
    ),
    Attempt(
        "slow a process of the host down",
        "os.setpriority(os.PRIO_PROCESS, host.victim, 19)",
        _DEPENDS,
    ),
    Attempt(
        "move a process of the host to another core",
        "os.sched_setaffinity(host.victim, os.sched_getaffinity(0))",
        _DEPENDS,
    ),
    Attempt(
        "limit a process of the host",
        "resource.prlimit(host.victim, resource.RLIMIT_CORE, (0, 0))",
        _DEPENDS,
    ),
    Attempt(
        "escape the out-of-memory killer",
        "os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1000')",
        _DEPENDS,
    ),
    Attempt(
        "get real-time priority",
        "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))",
        _DEPENDS,
    ),
    Attempt("get higher priority", "os.setpriority(os.PRIO_PROCESS, 0, -10)", _DEPENDS),
    Attempt(
        "raise a limit",
        "before = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "try: resource.setrlimit(resource.RLIMIT_NOFILE, (64, before + 1))\n"
        "except ValueError as problem: raise Held(problem)",
        _DEPENDS,
    ),
    Attempt(
        "allow oneself core dumps",
        "try: resource.setrlimit(resource.RLIMIT_CORE, (1, 1))\n"
        "except ValueError as problem: raise Held(problem)",
        _DEPENDS,
    ),
)

RIGHTS = (
    Attempt("become root", "os.setuid(0)", _DEPENDS),
    Attempt("become root's group", "os.setgid(0)", _DEPENDS),
    Attempt("join groups", "os.setgroups([0])", _DEPENDS),
    Attempt(
        "become root through su",
        "said = subprocess.run(['su', '-c', 'id -u'], stdin=subprocess.DEVNULL, timeout=20,\n"
        "                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode()\n"
        "if said.strip() != '0': raise Held(said.strip())",
        _HARMS,  # a failed su may lock an account
    ),
    Attempt(
        "hold or gain capabilities",
        "fields = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "if not int(fields['CapEff'], 16) and int(fields['NoNewPrivs']):\n"
        "    raise Held('it has none, and no program it starts gets any')",
    ),
    Attempt("make a user namespace", "syscall(nr.unshare, 0x10000000)", _DEPENDS),
    Attempt("clone into a user namespace", "clone(0x10000000)", _DEPENDS),
    Attempt("clone into a network namespace", "clone(0x40000000)", _DEPENDS),
    Attempt("clone3", "reach(nr.clone3, 0, 0)"),
    Attempt(
        "enter its own namespace anew",
        "syscall(nr.setns, os.open('/proc/self/ns/mnt', 0), 0)",
        _DEPENDS,
    ),
    Attempt(
        "enter the namespace of pid 1",
        "syscall(nr.setns, os.open('/proc/1/ns/mnt', 0), 0)",
        _DEPENDS,
    ),
    Attempt(
        "change the root folder", "os.mkdir(TMP + '/root')\nos.chroot(TMP + '/root')", _DEPENDS
    ),
    Attempt("swap the root folder", "reach(nr.pivot_root, 0, 0)", _DEPENDS),
    Attempt("mount", "reach(nr.mount, 0, 0, 0, 0, 0)"),
    Attempt("take a mount away", "reach(nr.umount2, 0, 0xFF00)"),
    Attempt("copy a mount", "reach(nr.open_tree, -1, 0, 0)"),
    Attempt("mount by the newer calls", "reach(nr.fsopen, 0, 0)", _DEPENDS),
    Attempt(
        "make a block device",
        "os.mknod(TMP + '/disk', 0o600 | stat.S_IFBLK, os.makedev(254, 0))",
        _DEPENDS,
    ),
    Attempt("open a file by its handle", "reach(nr.open_by_handle_at, -1, 0, 0)", _DEPENDS),
    Attempt("ask for a file's handle", "reach(nr.name_to_handle_at, -1, 0, 0, 0, 0)"),
)

NETWORK = (
    Attempt("TCP to the host", "socket.create_connection(('127.0.0.1', host.port), 5)"),
    Attempt("UDP to the internet", "socket.socket(2, 2).connect(('192.0.2.1', 53))", _DEPENDS),
    Attempt("IPv6 to the internet", "socket.socket(10, 2).connect(('2001:db8::1', 53))", _DEPENDS),
    Attempt(
        "use a network device",
        "names = {name for _, name in socket.if_nameindex()} - {'lo', 'sit0', 'tunl0', 'ip6tnl0'}\n"
        "if not names: raise Held('there is only the loopback')\nprint(names)",
        _DEPENDS,
    ),
    Attempt("abstract socket of the host", "socket.socket(1).connect(host.abstract)"),
    Attempt("socket file of the host", "socket.socket(1).connect(host.socket)"),
    Attempt(
        "datagram to a socket file of the host",
        "socket.socketpair(1, 2)[0].sendto(b'x', host.datagram_socket)",
    ),
    Attempt("socket to a hypervisor (vsock)", "socket.socket(40, 1)", _DEPENDS),
    Attempt("kernel crypto socket", "socket.socket(38, 5)", _DEPENDS),
    Attempt("packet socket", "socket.socket(17, 3)", _DEPENDS),
    Attempt("raw socket", "socket.socket(2, 3, 1)", _DEPENDS),
)

KERNEL = (
    Attempt(
        "set core_pattern", "open_only('/proc/sys/kernel/core_pattern', os.O_WRONLY)", _DEPENDS
    ),
    Attempt(
        "set a network option", "open_only('/proc/sys/net/ipv4/ip_forward', os.O_WRONLY)", _DEPENDS
    ),
    Attempt(
        "press the system request key", "open_only('/proc/sysrq-trigger', os.O_WRONLY)", _DEPENDS
    ),
    Attempt(
        "join a control group",
        "files = glob.glob('/sys/fs/cgroup/**/cgroup.procs')\n"
        "if not files: raise Held('there are none')\nopen_only(files[0], os.O_WRONLY)",
        _DEPENDS,
    ),
    Attempt(
        "set a control group's release agent",
        "files = glob.glob('/sys/fs/cgroup/*/release_agent')\n"
        "if not files: raise Held('there are none')\nopen_only(files[0], os.O_WRONLY)",
        _DEPENDS,
    ),
    Attempt("look at the machine's devices", "print(os.listdir('/sys/class'))"),
    Attempt("write the kernel log", "open_only('/dev/kmsg', os.O_WRONLY)", _DEPENDS),
    Attempt("read the kernel log", "reach(nr.syslog, 3, 0, 0)", _DEPENDS),
    Attempt("read the kernel's memory", "open_only('/proc/kcore', os.O_RDONLY)", _DEPENDS),
    Attempt("open the memory device", "open_only('/dev/mem', os.O_RDONLY)", _DEPENDS),
    Attempt("open kvm", "open_only('/dev/kvm', os.O_RDONLY)", _DEPENDS),
    Attempt("open fuse", "open_only('/dev/fuse', os.O_RDONLY)", _DEPENDS),
    Attempt(
        "open a disk",
        "disks = [name for kind in ('sd', 'vd', 'xvd', 'nvme', 'mmcblk', 'dm-')\n"
        "         for name in glob.glob(f'/dev/{kind}*')]\n"
        "if not disks: raise Held('there are none')\n"
        "open_only(disks[0], os.O_RDONLY | os.O_NONBLOCK)",
        _DEPENDS,
    ),
    Attempt("open the terminal", "open_only('/dev/tty', os.O_RDWR)", _DEPENDS),
    Attempt(
        "type into a terminal",
        "_, terminal = os.openpty()\n"
        "try: fcntl.ioctl(terminal, 0x5412, b'x')\n"
        "except OSError as problem:\n"
        "    if problem.errno in REFUSALS: raise\n"
        "    print('the call is open to us:', problem)",
        _DEPENDS,
    ),
    Attempt(
        "io_uring",
        "syscall(nr.io_uring_setup, 4, ctypes.addressof(ctypes.create_string_buffer(256)))",
        _DEPENDS,
    ),
    Attempt("bpf", "reach(nr.bpf, 0, 0, 0)", _DEPENDS),
    Attempt("perf events", "reach(nr.perf_event_open, 0, 0, -1, -1, 0)", _DEPENDS),
    Attempt("userfaultfd", "syscall(nr.userfaultfd, 1)", _DEPENDS),
    Attempt("watch all files", "reach(nr.fanotify_init, 0, 0)", _DEPENDS),
    Attempt("the session's keyring", "reach(nr.keyctl, 0, -3, 0)"),
    Attempt("add a key", "reach(nr.add_key, 0, 0, 0, 0, 0)"),
    Attempt("request a key", "reach(nr.request_key, 0, 0, 0, 0)"),
    Attempt("load a module", "reach(nr.init_module, 0, 0, 0)", _DEPENDS),
    Attempt("load a module from a file", "reach(nr.finit_module, -1, 0, 0)", _DEPENDS),
    # Flags that do not exist: without, it would take a loaded crash kernel away.
    Attempt("replace the kernel", "reach(nr.kexec_load, 0, 0, 0, 0xFF00)", _DEPENDS),
    # Without the magic numbers nothing is restarted.
    Attempt("restart the machine", "reach(nr.reboot, 0, 0, 0, 0)", _DEPENDS),
    Attempt("set the clock", "reach(nr.clock_settime, 0, 0)"),
    Attempt("rename the machine", "reach(nr.sethostname, 0, 1000)", _DEPENDS),
    Attempt("take swap away", "reach(nr.swapoff, 0)", _DEPENDS),
    Attempt("set disk quotas", "reach(nr.quotactl, 0, 0, 0, 0)", _DEPENDS),
    Attempt("another personality", "syscall(nr.personality, 0x0400000)"),
    Attempt(
        "calls by the 32-bit door",
        "def old_door():\n"
        "    page = mmap.mmap(-1, 4096, prot=7)\n"
        "    page.write(bytes.fromhex('b814000000cd80c3'))  # mov eax, getpid; int 0x80; ret\n"
        "    at = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
        "    os._exit(ctypes.CFUNCTYPE(ctypes.c_int)(at)() != os.getpid())\n"
        "if os.uname().machine != 'x86_64': raise Held('this processor has no such door')\n"
        "in_child(old_door)",
        _DEPENDS,
    ),
    Attempt(
        "calls by the x32 numbers",
        "if os.uname().machine != 'x86_64': raise Held('this processor has no such numbers')\n"
        "syscall(0x40000000 + 39)",
        _DEPENDS,
    ),
)

ESCAPES = (*FILES, *SECRETS, *PROCESSES, *RIGHTS, *NETWORK, *KERNEL)
