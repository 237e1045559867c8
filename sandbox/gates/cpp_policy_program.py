"""What the policy lets a whole program do that a function may not: it has its process for itself.

State lives as long as one run, standard input is its argument, and the file is its own.
"""

from perfbot.sandbox.gates.policy_view import Finding

_WORDS = ("cin", "scanf", "stdin", "sync_with_stdio", "tie", "setvbuf", "setbuf", "exit")
"""Reading the input, how it and the output are buffered, and ending early.

Not `read` and `mmap`: what reads a pipe at once or maps a file depends on who started the program.
"""


def belongs_to_programs(found: Finding) -> bool:
    """Whether what is refused in a function is a program's good right."""
    if found.category == "state":
        return "thread_local" not in found.construct and "__thread" not in found.construct
    if found.category == "macros":
        return found.construct.startswith(("`#define ", "`#undef "))
    return found.construct.startswith(tuple(f"`{word}`" for word in _WORDS))
