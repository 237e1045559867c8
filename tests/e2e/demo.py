"""`make demo`: perfbot makes one function of a real package faster, and shows the commit.

The package is its release on PyPI, with its own tests; its git repository is made here.
"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

# A function that the rules proposer can improve, in a package whose sdist has its tests.
RELEASE = "smartypants==2.0.2"
TARGET = "smartypants.py::convert_backticks"
TESTS = "pytest -q tests/test.py"

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / ".demo"
# What to time; the tests themselves call it with a few words.
WORKLOAD = ROOT / "tests" / "bench" / "workloads" / "smartypants_text.py"
PERFBOT = Path(sys.executable).with_name("perfbot")


def main() -> int:
    """Runs the demo; the exit code is the one of `perfbot optimize`."""
    project = unpack(download(RELEASE, DEMO / RELEASE), DEMO / "project")
    commit_everything(project)
    options = ["--tests", TESTS, "--workload", os.path.relpath(WORKLOAD, project)]
    say(shlex.join(["perfbot", "optimize", TARGET, *options]))
    code = subprocess.run([PERFBOT, "optimize", TARGET, *options], cwd=project).returncode
    branches = git(project, "for-each-ref", "--format=%(refname:short)", "refs/heads/perfbot/")
    for branch in branches.split():
        say(f"git show --stat --patch {branch}")
        print(git(project, "show", "--stat", "--patch", branch))
        commit = git(project, "rev-parse", "--short", branch).strip()
        print("Judge it again, from the commit alone:")
        print(f"  cd {project.relative_to(ROOT)} && {PERFBOT} verify {commit}")
    return code


def download(release: str, folder: Path) -> Path:
    """The release's sdist, fetched by pip once and kept.

    Raises:
        CalledProcessError: pip could not fetch it; what pip says is printed.
    """
    kept = sorted(folder.glob("*.tar.gz"))
    if not kept:
        say(f"pip download {release}")
        pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check"]
        source_only = ["--no-deps", "--no-binary=:all:", "--dest", str(folder)]
        subprocess.run([*pip, *source_only, release], check=True)
        kept = sorted(folder.glob("*.tar.gz"))
    return kept[-1]


def unpack(sdist: Path, project: Path) -> Path:
    """The sdist's one folder, fresh, at `project`."""
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    # tar, as the safe filter of Python's tarfile is missing in Debian 12's 3.11.2.
    tar = ["tar", "--extract", "--strip-components=1", "--no-same-owner"]
    subprocess.run([*tar, f"--file={sdist}", f"--directory={project}"], check=True)
    return project


def commit_everything(project: Path) -> None:
    """Makes a git repository of the release, so that there is something to commit to."""
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", "--all", "--force")
    git(project, "commit", "--quiet", "--message", f"{RELEASE}, as released")


def git(project: Path, *arguments: str) -> str:
    """What git prints. The person's own configuration (hooks, signing) stays out of it."""
    who = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "perfbot demo"), ("EMAIL", "demo@example.org"))
    }
    environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_PAGER": "cat"}
    return subprocess.run(
        ["git", *arguments],
        cwd=project,
        env=environment,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    ).stdout


def say(command: str) -> None:
    """Shows a command as a person would type it."""
    print(f"\n$ {command}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
