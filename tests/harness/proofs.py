"""Proofs that stand: a long test that passed is not run again while nothing has changed that it rests on.

A test says what that is by `@pytest.mark.rests_on("folder", "file", …)`, paths in the repository. Added to these are
the harness, the test's own module, the locked packages, and for a test of a chart, that chart and its own tests.
Proofs lie in .build/proofs; `make clean` forgets them, and a fresh clone has none.
"""

from __future__ import annotations

import hashlib
import platform
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cluster import paths
from tests.harness import chart_files

FOLDER = paths.BUILD / "proofs"
MARKER = "rests_on"
ALWAYS = (Path("tests/harness"), Path("requirements/dev.txt"))

counted: Counter[str] = Counter()

_begun = pytest.StashKey[str]()
_proved = pytest.StashKey[bool]()


def begin(test: pytest.Function) -> None:
    """Before the fixtures of a test: where its proof stands, it needs none of them."""
    if stands(test):
        test.stash[_proved] = True
        test.fixturenames = []


def is_proved(test: pytest.Function) -> bool:
    """Whether the test has begun with a proof that stands, and need not be run."""
    return test.stash.get(_proved, False)


def stands(test: pytest.Function) -> bool:
    """Whether the test passed before with all that it rests on as it is now."""
    if test.get_closest_marker(MARKER) is None:
        return False
    state = test.stash[_begun] = _state(test)
    known = _file(test).exists() and _file(test).read_text(encoding="utf-8") == state
    counted["stand" if known else "made"] += 1
    return known


def keep(test: pytest.Function) -> None:
    """Note that the test has passed; not where a file has changed meanwhile: then it is about neither state."""
    state = test.stash.get(_begun, "")
    if state and state == _state(test):
        FOLDER.mkdir(parents=True, exist_ok=True)
        _file(test).write_text(state, encoding="utf-8")


def _file(test: pytest.Function) -> Path:
    return FOLDER / hashlib.sha256(test.nodeid.encode()).hexdigest()[:24]


def _state(test: pytest.Function) -> str:
    """A line for the interpreter, and for each place."""
    lines = [platform.python_version()]
    for place in _places(test):
        path = paths.REPOSITORY / place
        digest = chart_files.digest(path) if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{digest} {place}")
    return "\n".join(lines)


def _places(test: pytest.Function) -> list[Path]:
    named = [Path(place) for mark in test.iter_markers(MARKER) for place in mark.args]
    subject: Any = test.callspec.params.get("subject") if hasattr(test, "callspec") else None
    chart = [] if subject is None else [subject.chart, subject.folder]
    return [*ALWAYS, test.path, *named, *chart]
