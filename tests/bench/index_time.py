"""How long a search takes to its first proposals, with and without `perfbot index`.

    python tests/bench/index_time.py [--runs 3]

Whole processes, from the start of `perfbot optimize` to its line on the first proposals; then it is
ended. Named as a function, and as the folder that it is in (which is profiled first).
"""

import argparse
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import shop


def main() -> None:
    """Print a line for each way to name the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as own:
        env = shop.environment(Path(own, "home"))
        repo = shop.repository(Path(own, "repo"), env, shop_py=shop.SHOP, test_shop_py=shop.SUITE)
        cache = Path(own, "home", ".cache")
        for target in ("shop.py::common", "."):
            cold = []
            for _ in range(runs):
                shutil.rmtree(cache, ignore_errors=True)
                cold.append(to_first_proposals(repo, env, target))
            started = time.monotonic()
            done = shop.perfbot(repo, env, "index", target)
            assert done.returncode == 0, done.stderr
            index_s = time.monotonic() - started
            warm = [to_first_proposals(repo, env, target) for _ in range(runs)]
            print(
                f"{target}: first proposals after {statistics.median(cold):.1f} s; with the index "
                f"{statistics.median(warm):.1f} s (making it took {index_s:.1f} s)",
                flush=True,
            )


def to_first_proposals(repo: Path, env: dict[str, str], target: str) -> float:
    """Seconds until `optimize` has its first proposals."""
    started = time.monotonic()
    process = subprocess.Popen(
        shop.command("optimize", target), cwd=repo, env=env, stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if line.endswith(" proposals\n"):
            break
    else:
        raise AssertionError(f"no proposals: {said}")
    seconds = time.monotonic() - started
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    return seconds


if __name__ == "__main__":
    main()
