"""The index: what it fills, when it is fresh; stale or damaged parts are said and made anew."""

import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from perfbot.optimizer.config import Options
from perfbot.optimizer.index import Entry, Place, entries, indexed, place_of, renew, seed_for
from perfbot.optimizer.prepared import background_of
from perfbot.optimizer.ranking import ranked
from perfbot.optimizer.scratch import checkout
from perfbot.optimizer.sealed import DamagedError, read_sealed, write_sealed
from perfbot.optimizer.session import opened
from perfbot.optimizer.target import resolve
from perfbot.sandbox.host import cache_folder
from perfbot.sandbox.target import Target
from tests.shop import SHOP, SUITE, command, environment, git, perfbot, repository

RUNNING = "running the tests, recording calls and generating inputs for the original"


@dataclass(frozen=True, slots=True)
class Shop:
    """A repository whose hot function is indexed."""

    repo: Path
    env: dict[str, str]
    target: Target
    entry: Entry

    def place(self, options: Options | None = None) -> Place:
        """Where the entry lies, for the commit that is checked out."""
        head = git(self.repo, self.env, "rev-parse", "HEAD")
        return place_of(self.repo, head, self.target, options or Options())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One repository and its index for all tests; each leaves both as they were."""
    folder = tmp_path_factory.mktemp("index")
    env = environment(folder / "home")
    repo = repository(folder / "shop", env, shop_py=SHOP, test_shop_py=SUITE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "home" / ".cache"))
        (target,) = resolve("shop.py::common", repo)
        head = git(repo, env, "rev-parse", "HEAD")
        entry = indexed(repo, head, target, Options(), lambda _text: None)
        yield Shop(repo, env, target, entry)


@pytest.fixture
def said() -> list[str]:
    """What was said."""
    return []


def _flip(path: Path) -> bytes:
    """Change the last byte of a file; what it held before."""
    before = path.read_bytes()
    path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    return before


def test_an_index_is_used_by_the_next_search(shop: Shop) -> None:
    """`optimize` says so and comes to its proposals without running the project's tests."""
    process = subprocess.Popen(
        command("optimize", "shop.py::common"), cwd=shop.repo, env=shop.env,
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    read = ""
    for line in process.stderr:
        read += line
        if "proposals" in line:
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert "the index has what is known" in read
    assert "proposals" in read
    assert RUNNING not in read


def test_all_that_is_the_same_for_every_edit_is_kept(shop: Shop, said: list[str]) -> None:
    """Opened with the index's seed, nothing is said, and what the dear gates need is there."""
    options = Options(seed=shop.entry.seed)
    head = git(shop.repo, shop.env, "rev-parse", "HEAD")
    with opened(
        shop.target, lambda root: checkout(shop.repo, head, root), options, said.append
    ) as session:
        assert said == []
        assert session.key == shop.entry.baseline
        assert session.baseline.measured_strength is not None
        assert session.baseline.gaps is not None
        kept = background_of(session, said.append)
        path = cache_folder() / "backgrounds" / session.key
        assert background_of(session, said.append) == kept != []
        _flip(path)
        made = background_of(session, said.append)
        assert said == ["warning: what was kept of the prompt is damaged; it is made anew"]
        timed = ("Where its time goes", "The slowest recorded calls")
        assert [item for item in made if not item.title.startswith(timed)] == [
            item for item in kept if not item.title.startswith(timed)
        ]
        assert [item.title for item in made] == [item.title for item in kept]


def test_a_fresh_entry_gives_its_seed_and_a_seed_asked_for_goes_first(
    shop: Shop, said: list[str]
) -> None:
    """The index's seed finds the kept baseline; `--seed` is what it says."""
    assert seed_for(shop.place(), Options(), said.append) == shop.entry.seed
    assert said == ["the index has what is known of the original"]
    assert seed_for(shop.place(), Options(seed=7), said.append) == 7


def test_other_options_have_an_entry_of_their_own(shop: Shop, said: list[str]) -> None:
    """What was found out under another test command is not what this run would find out."""
    options = Options(tests="pytest -k common")
    assert shop.place(options).state() == "not indexed"
    assert seed_for(shop.place(options), options, said.append) != shop.entry.seed
    assert said == []


def test_a_changed_file_makes_it_stale_and_a_search_brings_it_up_to_date(
    shop: Shop, said: list[str]
) -> None:
    """Any file of the commit counts, since any may matter to the tests; a seed of one's own
    changes no entry."""
    (shop.repo / "data.txt").write_text("1")
    git(shop.repo, shop.env, "add", "-A")
    git(shop.repo, shop.env, "commit", "-qm", "data")
    place = shop.place()
    try:
        assert place.state() == "stale: the files have changed since"
        seed = seed_for(place, Options(), said.append)
        assert seed != shop.entry.seed
        assert said == [
            "the index of this function is stale: the files have changed since; it is made anew"
        ]
        head = git(shop.repo, shop.env, "rev-parse", "HEAD")
        with opened(
            shop.target, lambda root: checkout(shop.repo, head, root), Options(seed=seed)
        ) as session:
            renew(place, session, Options(seed=3))
            assert place.entry() == shop.entry
            renew(place, session, Options())
        assert place.state() == "fresh"
        assert seed_for(place, Options(), said.append) == seed
        told = perfbot(shop.repo, shop.env, "index", "--status").stdout
        assert "shop.py::common: fresh; brought up to date by a search" in told
    finally:
        git(shop.repo, shop.env, "reset", "-q", "--hard", "HEAD~1")
        write_sealed(place.file, {name: getattr(shop.entry, name) for name in Entry.__slots__})


def test_another_perfbot_or_interpreter_makes_it_stale(shop: Shop) -> None:
    """What they find out of the original may differ."""
    place = replace(shop.place(), tools="others")
    assert place.state() == "stale: perfbot or the interpreter is another since"


def test_damage_is_noticed_and_said(shop: Shop, said: list[str]) -> None:
    """An entry or a baseline with one bit changed is not used; the status names it."""
    for path in (shop.place().file, cache_folder() / "baselines" / shop.entry.baseline):
        before = _flip(path)
        try:
            assert shop.place().state().startswith("damaged")
            seed_for(shop.place(), Options(), said.append)
            assert "damaged" in said.pop() and not said
            assert "damaged" in perfbot(shop.repo, shop.env, "index", "--status").stdout
        finally:
            path.write_bytes(before)


def test_a_dropped_baseline_makes_it_stale(shop: Shop) -> None:
    """Of the baselines the oldest are dropped; an entry without one saves no time."""
    path = cache_folder() / "baselines" / shop.entry.baseline
    moved = path.rename(path.with_name("aside"))
    try:
        assert shop.place().state() == "stale: its baseline was dropped"
    finally:
        moved.rename(path)


def test_the_command_tells_how_long_a_search_takes_to_its_start(shop: Shop) -> None:
    """`index` of what is fresh does nothing again; both commands print the figures; a target that
    is not indexed is said to be so."""
    done = perfbot(shop.repo, shop.env, "index", "shop.py::common")
    assert done.returncode == 0, done.stderr
    assert "shop.py::common: fresh" in done.stderr
    assert RUNNING not in done.stderr
    assert "ready for proposals after" in done.stdout
    assert 0 < shop.entry.warm_s < shop.entry.cold_s
    told = perfbot(shop.repo, shop.env, "index", "--status").stdout
    assert told == f"shop.py::common: fresh; {done.stdout.partition(': ')[2]}"
    told = perfbot(shop.repo, shop.env, "index", "--status", "shop.py::cold").stdout
    assert "not indexed" in told or "nothing is indexed" in told


def test_an_index_needs_a_repository(shop: Shop, tmp_path: Path) -> None:
    """Outside of one there is no commit to index; said with code 2."""
    assert perfbot(tmp_path, shop.env, "index", "--status").returncode == 2
    (tmp_path / "m.py").write_text("def f(x: int) -> int:\n    return x\n")
    assert perfbot(tmp_path, shop.env, "index", "m.py::f").returncode == 2


def test_a_program_is_asked_for_by_its_main(shop: Shop, tmp_path: Path) -> None:
    """`FILE.cpp::main` is the program, also where `--program` is not said again."""
    program = repository(tmp_path / "p", shop.env, p_cpp="int main() { return 0; }\n")
    told = perfbot(program, shop.env, "index", "--status", "p.cpp::main")
    assert told.returncode == 0, told.stderr
    assert "nothing is indexed here" in told.stdout


def test_a_profile_is_kept_by_content(shop: Shop, said: list[str]) -> None:
    """The second ranking runs no test; a changed project and a damaged file are profiled anew."""
    whole = resolve("shop.py", shop.repo)
    first = ranked(whole, Options(), said.append)
    assert "profiling the tests" in said
    said.clear()
    assert ranked(whole, Options(), said.append) == first
    assert "profiling the tests" not in said
    for path in (cache_folder() / "profiles").iterdir():
        _flip(path)
    assert ranked(whole, Options(), said.append) == first
    assert "warning: the profile that was kept is damaged; it is made anew" in said
    said.clear()
    (shop.repo / "more.txt").write_text("1")
    try:
        ranked(whole, Options(), said.append)
        assert "profiling the tests" in said
    finally:
        (shop.repo / "more.txt").unlink()


def test_a_sealed_file_is_whole_or_damaged(tmp_path: Path) -> None:
    """What was written comes back; one bit, a cut, an empty file and a folder are all damage."""
    path = tmp_path / "deep" / "file"
    assert read_sealed(path) is None
    write_sealed(path, {"a": [1, None, "ü"]})
    assert read_sealed(path) == {"a": [1, None, "ü"]}
    whole = path.read_bytes()
    for broken in (whole[:-1], whole[1:], b"", whole.replace(b"1", b"2"), b"\n"):
        path.write_bytes(broken)
        with pytest.raises(DamagedError):
            read_sealed(path)
    with pytest.raises(DamagedError):
        read_sealed(tmp_path)
    write_sealed(tmp_path, 1)  # cannot be written: costs nothing but the cache


def test_a_file_that_is_being_written_is_no_entry(shop: Shop) -> None:
    """Only finished files are entries."""
    unfinished = shop.place().file.with_name("tmpabc")
    unfinished.write_text("half")
    try:
        assert all(entry is not None for _, entry in entries())
    finally:
        unfinished.unlink()
