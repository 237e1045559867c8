"""`perfbot sandbox -- COMMAND`, and the isolation tests once more as an ordinary user."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from perfbot.optimizer.sandbox_command import run_command
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.isolate.process import Limits

HERE = Path(__file__).parent
_USER = 1000


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with one file."""
    (tmp_path / "module.py").write_text("ANSWER = 42\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_output_and_exit_code_pass_through(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Both streams and the exit code are the command's, and `python` is the interpreter given."""
    code = "import module, sys; print(module.ANSWER, sys.prefix); sys.exit('bad')"
    assert run_command(["python", "-c", code]) == 1
    assert capfd.readouterr() == (f"42 {sys.prefix}\n", "bad\n")
    assert run_command(["sh", "-c", "kill -6 $$"]) == 128 + 6
    assert capfd.readouterr() == ("", "")


def test_the_project_is_read_only(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The command works in /project and cannot change it."""
    assert run_command(["sh", "-c", "pwd; echo x >> module.py; echo x > /tmp/y"]) == 0
    out, err = capfd.readouterr()
    assert out == "/project\n"
    assert "module.py" in err and "/tmp/y" not in err
    assert (project / "module.py").read_text() == "ANSWER = 42\n"


def test_an_end_by_a_limit_is_said(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """One line on stderr names the limit, and the exit code differs from the command's own."""
    assert run_command(["sleep", "30"], limits=Limits(wall_s=0.2)) == 124
    assert capfd.readouterr().err == "perfbot: the command was killed: it ran longer than 0.2 s.\n"
    assert run_command(["yes"], limits=Limits(output_bytes=1000)) == 137
    assert "wrote more than 1000 bytes" in capfd.readouterr().err


def test_wrong_use(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No command, or a current folder that is the whole file system, is refused."""
    with pytest.raises(UsageError):
        run_command([])
    monkeypatch.chdir("/")
    with pytest.raises(UsageError):
        run_command(["true"])


def _as_user(*arguments: str) -> list[str]:
    setpriv = shutil.which("setpriv") or "setpriv"
    ids = ["--reuid", str(_USER), "--regid", str(_USER), "--clear-groups"]
    # Through a shell: setpriv itself may still start a program that the user could not.
    return [setpriv, *ids, "sh", "-c", 'exec "$0" "$@"', *arguments]


def _python_of_an_ordinary_user(env: dict[str, str]) -> str | None:
    """An interpreter that a user other than root can run, with perfbot and pytest."""
    for python in (sys.executable, f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"):
        command = _as_user(python, "-c", "import pytest, perfbot.sandbox.isolate.process")
        if Path(python).exists() and subprocess.run(command, env=env).returncode == 0:
            return python
    return None


@pytest.mark.skipif(os.geteuid() != 0, reason="these tests run as an ordinary user already")
@pytest.mark.parametrize("name", ["escape", pytest.param("limits", marks=pytest.mark.slow)])
def test_isolation_as_an_ordinary_user(name: str) -> None:
    """As root the other backend is in use, so the same tests run again as an ordinary user."""
    home = Path("/tmp", f"perfbot-test-home-{os.getpid()}")
    home.mkdir()
    os.chown(home, _USER, _USER)
    env = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        python = _python_of_an_ordinary_user(env)
        if python is None:
            pytest.skip("no interpreter that an ordinary user can run imports perfbot and pytest")
        test = str(HERE / f"test_isolate_{name}.py")
        options = ["-q", "-x", "-p", "no:cacheprovider", f"--basetemp={home}/tmp"]
        done = subprocess.run(
            _as_user(python, "-m", "pytest", *options, test),
            env=env, cwd=HERE.parent.parent, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    finally:
        shutil.rmtree(home)
