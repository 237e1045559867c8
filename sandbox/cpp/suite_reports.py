"""Single tests told apart, whichever framework runs them: all of them can write JUnit's XML.

GoogleTest is told by its environment; ctest, pytest, Catch2 and doctest by an option more.
"""

import io
import re
import shlex
import tarfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

from perfbot.sandbox.suite import worst

REPORT_BYTES = 64 << 20
_CTEST = re.compile(r"(^|[;&|]\s*)ctest(?=\s|$)")
_PYTEST = re.compile(r"(^|[;&|]\s*)((?:python3?\s+-m\s+)?pytest)(?=\s|$)")
_MESON = re.compile(r"\bmeson test\b(?:.*\s-C\s*(\S+))?")
_NOT_RUN = frozenset({"notrun", "disabled"})
_SHELL = frozenset("&|;<>()$`*?\n")


def with_reports(tests: str, folder: str) -> str:
    """The shell command `tests`, made to leave reports in `folder`, which exists."""
    where = shlex.quote(folder)
    prefix = f"export GTEST_OUTPUT=xml:{where}/gtest/; "
    if _CTEST.search(tests):
        return prefix + _CTEST.sub(rf"\1ctest --output-junit {where}/ctest.xml", tests)
    if _PYTEST.search(tests):
        options = f"-p no:cacheprovider --junitxml={where}/pytest.xml"
        return prefix + _PYTEST.sub(rf"\1\2 {options}", tests)
    meson = _MESON.search(tests)
    if meson:
        logs = f"{meson[1] or '.'}/meson-logs/testlog.junit.xml"
        return f"{prefix}{tests}; status=$?; cp {logs} {where}/meson.xml; (exit $status)"
    if "/" in tests.split(" ")[0] and not _SHELL & set(tests):
        return prefix + _single_program(tests, where)
    return prefix + tests


def _single_program(tests: str, where: str) -> str:
    """A program run directly: its framework is known by the names of its types in it."""
    program = shlex.quote(shlex.split(tests)[0])
    return (
        f"if grep -aq N7doctest {program}; then {tests} --reporters=junit --out={where}/d.xml; "
        f"elif grep -aq N5Catch {program}; then {tests} --reporter junit --out {where}/c.xml; "
        f"else {tests}; fi"
    )


def outcomes(packed: bytes) -> dict[str, str]:
    """Test id -> passed, failed or skipped, from a tar file of reports.

    The code under test could write here: what is no report is passed over.
    """
    found: dict[str, str] = {}
    for text in _reports(packed):
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            continue
        try:
            root = ElementTree.fromstring(text)
        except ElementTree.ParseError:
            continue
        for case in root.iter("testcase"):
            name = "::".join(filter(None, (case.get("classname"), case.get("name"))))
            if case.get("classname") == case.get("name"):
                name = case.get("name", "")
            found[name] = worst(found.get(name, "passed"), _outcome(case))
    return found


def _outcome(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status", "") in _NOT_RUN:
        return "skipped"
    return "failed" if case.get("status") == "fail" else "passed"


def _reports(packed: bytes) -> Iterator[bytes]:
    left = REPORT_BYTES
    try:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isreg() else None
                if file is not None and member.name.endswith(".xml") and member.size <= left:
                    left -= member.size
                    yield file.read()
    except tarfile.TarError:
        return
