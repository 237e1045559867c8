"""Every way perfbot can stop, each with its exit code (DESIGN section 9).

A bad edit is never one of these: what an edit does is data (`Evidence`). These say that the
user's input, the project or the machine is not as perfbot needs it.
"""


class PerfbotError(Exception):
    """Something that the person running perfbot has to mend: what happened, and what to do."""

    exit_code = 2

    def __init__(self, happened: str, todo: str = "") -> None:
        self.happened = happened
        self.todo = todo
        super().__init__(f"{happened}\n  {todo}" if todo else happened)


class UsageError(PerfbotError):
    """The command line, a path, a name or a config value is wrong."""

    exit_code = 2


class BaselineError(PerfbotError):
    """The project fails before any edit: its tests, its import, or the target itself."""

    exit_code = 3


class MachineError(PerfbotError):
    """The machine lacks something perfbot needs; `todo` is the command that mends it."""

    exit_code = 4


class BudgetError(PerfbotError):
    """The budget was used up with nothing accepted."""

    exit_code = 5


class InterruptedRunError(PerfbotError):
    """The person pressed Ctrl-C; the run can be resumed."""

    exit_code = 130
