"""What asking came to, run by run, in one file per repository.

Each run's sums are kept under its own name and replaced as a whole: a round that is counted again
after a kill counts once. The file is written beside its place and moved there, so that a kill
leaves the old one or the new one.

Format history
  1  runs: by run, rows of model, style, tries, reward, tokens, usd
"""

import contextlib
import fcntl
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from perfbot.agents.routing import Route

FORMAT = 1
MOST_RUNS = 100
"""Older runs are forgotten: models change under their names."""
Runs = dict[str, dict[Route, "Tally"]]


@dataclass(frozen=True, slots=True)
class Tally:
    """What a route's requests came to, summed up."""

    tries: int = 0
    reward: float = 0.0
    """The sum of `routing.reward`, from 0 to `tries`."""
    tokens: int = 0
    usd: float | None = 0.0
    """US dollars; None where a price was not known."""

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.tries + other.tries,
            self.reward + other.reward,
            self.tokens + other.tokens,
            None if self.usd is None or other.usd is None else self.usd + other.usd,
        )


@dataclass(slots=True)
class Experience:
    """A repository's file, as one run uses it. A disk that is full costs the run nothing else."""

    path: Path
    run: str
    say: Callable[[str], None] = lambda _text: None
    told: bool = field(default=False)

    def before(self) -> dict[Route, Tally]:
        """The sums over all runs but this one; a damaged file is put aside, which is said."""
        found: dict[Route, Tally] = {}
        for run, rows in self.runs().items():
            for route, tally in rows.items() if run != self.run else ():
                found[route] = found.get(route, Tally()).plus(tally)
        return found

    def keep(self, tallies: Mapping[Route, Tally]) -> None:
        """Put this run's sums in the place of those kept of it before."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._alone():
                runs = self.runs()
                if runs.get(self.run) == tallies:
                    return
                runs[self.run] = dict(tallies)
                last = sorted(runs)[-MOST_RUNS:]  # a run's name begins with its date
                self._write({name: runs[name] for name in last})
        except OSError as error:
            if not self.told:
                self.told = True
                self.say(f"warning: what was learnt of models cannot be kept: {error}")

    def runs(self) -> Runs:
        """What the file holds: nothing where there is none, or where it is damaged."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            return self._afresh(str(error))
        try:
            return _parsed(json.loads(text))
        except (ValueError, TypeError, RecursionError) as error:
            return self._afresh(str(error))

    def _afresh(self, why: str) -> Runs:
        aside = self.path.with_suffix(".damaged")
        with contextlib.suppress(OSError):
            os.replace(self.path, aside)
        self.say(
            f"warning: {self.path} is damaged ({why}): what was learnt of models in this "
            f"repository is begun afresh; the old file is {aside.name}"
        )
        return {}

    def _write(self, runs: Runs) -> None:
        document = {
            "format": FORMAT,
            "runs": {name: [_row(*item) for item in rows.items()] for name, rows in runs.items()},
        }
        beside = self.path.with_suffix(".new")  # one name: what a kill leaves is written over
        with beside.open("w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self.path)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time: another would lose what this one adds."""
        lock = os.open(self.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def rows_of(tallies: Mapping[Route, Tally]) -> list[list[object]]:
    """Sums as plain data."""
    return [_row(*item) for item in tallies.items()]


def tallies_of(rows: Any) -> dict[Route, Tally]:
    """The sums that `rows_of` gave.

    Raises: ValueError or TypeError where they are not such rows.
    """
    found = {}
    for model, style, tries, reward, tokens, usd in rows:
        numbers = [tries, reward, tokens, *([] if usd is None else [usd])]
        counted = isinstance(tries, int) and isinstance(tokens, int)
        plain = counted and all(math.isfinite(number) and number >= 0 for number in numbers)
        if not (plain and reward <= tries and isinstance(model, str) and isinstance(style, str)):
            raise ValueError(f"no sums of a model: {[model, style, *numbers]}")
        found[Route(model, style)] = Tally(tries, float(reward), tokens, usd)
    return found


def _row(route: Route, tally: Tally) -> list[object]:
    return [route.model, route.style, tally.tries, tally.reward, tally.tokens, tally.usd]


def _parsed(document: Any) -> Runs:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f"not of the format {FORMAT}")
    runs = document.get("runs")
    if not isinstance(runs, dict):
        raise ValueError("no runs in it")
    return {name: tallies_of(rows) for name, rows in runs.items()}
