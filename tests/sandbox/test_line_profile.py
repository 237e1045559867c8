"""Where a version's time goes, as a model is told it."""

from pathlib import Path

import pytest

from perfbot.sandbox.language import language_of
from perfbot.sandbox.line_profile import LineTime, as_text, in_lines, line_times
from tests.opened import opened_project
from tests.shop import FAST, SHOP, SUITE


def test_the_line_that_does_the_work_has_the_time(tmp_path: Path) -> None:
    """Copying a list in each of 300 rounds is most of it; another version has its own lines; one
    that does not load has none."""
    with opened_project(tmp_path, "common", shop_py=SHOP, test_shop_py=SUITE) as session:
        found = line_times(session.baseline, SHOP)
        (dear,) = [item for item in found if "list(ys)" in item.text]
        assert dear.count == 300 and dear.share > 0.4
        assert sum(item.share for item in found) == pytest.approx(1, abs=0.05)
        title, text = language_of(session.target).where_time_goes(session.baseline, session.target)
        assert "time" in title and "300x" in text
        start, end = SHOP.index("def common"), SHOP.index("\n\ndef cold")
        faster = SHOP[:start] + FAST + SHOP[end:]
        assert any("set(ys)" in item.text for item in line_times(session.baseline, faster))
        assert line_times(session.baseline, faster.replace("set(ys)", "set(ys")) == []


@pytest.mark.parametrize(
    "report",
    [
        None,
        [7],
        [[1, 2]],
        [[9, 1, 5]],
        [[1, True, 5]],
        [[1, 1, 0]],
        [["1", 1, 5]],
        [[1, 1, 10**5000]],
        [[1, -1, 5]],
    ],
)
def test_a_report_that_is_none_tells_nothing(report: object) -> None:
    """The process that made it is not trusted: only numbers, on lines that there are."""
    assert in_lines(report, "x = 1\n", [(1, 20)]) == []


def test_as_a_profiler_prints_it() -> None:
    """Share, count and text; what takes next to nothing is left out."""
    found = in_lines([[1, 3, 900], [2, 1, 100], [3, 1, 1]], "a\nb\nc", [(1, 3)])
    assert [(item.line, item.count) for item in found] == [(1, 3), (2, 1)]
    assert as_text([LineTime(2, "    x", 1200, 0.25)]) == " 25%     1,200x      x"
