"""Cached results: a slow test that passed is skipped while every file that it depends on is unchanged.

A test names these files with `@pytest.mark.depends_on_files("folder", "file", …)`, as paths in the repository. The
harness, the test's own module, the locked packages and versions.yaml are always added; for a test of a chart, the chart
and its tests. Results are stored in .build/test-results; `make clean` deletes them, and a fresh clone has none.
"""

from __future__ import annotations

import hashlib
import platform
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from devkit import paths
from tests.harness import chart_files

FOLDER = paths.BUILD / "test-results"
MARKER = "depends_on_files"
RENAMED_MARKER = "rests_on"
# The harness reads the Kubernetes version, and the catalog every version, from versions.yaml.
ALWAYS = (Path("tests/harness"), Path("requirements/dev.txt"), Path("versions.yaml"))

# Tests with the marker, by what became of them: "run" or "cached".
counts: Counter[str] = Counter()

_state_at_start = pytest.StashKey[str]()
_cached = pytest.StashKey[bool]()


def setup(test: pytest.Function) -> None:
    """Look the test up before its fixtures are set up: a cached test needs none of them."""
    if test.get_closest_marker(MARKER) is None:
        return
    known = lookup(test)
    counts["cached" if known else "run"] += 1
    if known:
        test.stash[_cached] = True
        test.fixturenames = []


def is_cached(test: pytest.Function) -> bool:
    """Return whether `setup` found a cached result, so that the test body must not run."""
    return test.stash.get(_cached, False)


def lookup(test: pytest.Function) -> bool:
    """Return whether the test has passed before with every file that it depends on unchanged."""
    if test.get_closest_marker(MARKER) is None:
        return False
    state = test.stash[_state_at_start] = _state(test)
    return _file(test).exists() and _file(test).read_text(encoding="utf-8") == state


def store(test: pytest.Function) -> None:
    """Store that the test has passed, unless a file changed while it ran: the result would belong to neither state."""
    state = test.stash.get(_state_at_start, "")
    if state and state == _state(test):
        FOLDER.mkdir(parents=True, exist_ok=True)
        _file(test).write_text(state, encoding="utf-8")


def refuse_renamed_marker(test: pytest.Item) -> None:
    """Raise UsageError for the marker's old name, so that it cannot be used by habit."""
    if test.get_closest_marker(RENAMED_MARKER) is not None:
        raise pytest.UsageError(
            f"{test.nodeid}: the marker {RENAMED_MARKER!r} is now {MARKER!r}. "
            f"Remedy: write @pytest.mark.{MARKER}(…) with the same arguments."
        )


def _file(test: pytest.Function) -> Path:
    return FOLDER / hashlib.sha256(test.nodeid.encode()).hexdigest()[:24]


def _state(test: pytest.Function) -> str:
    """One line for the Python version and one for each file or folder."""
    lines = [platform.python_version()]
    for place in _dependencies(test):
        path = paths.REPOSITORY / place
        digest = chart_files.digest(path) if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{digest} {place}")
    return "\n".join(lines)


def _dependencies(test: pytest.Function) -> list[Path]:
    named = [Path(place) for mark in test.iter_markers(MARKER) for place in mark.args]
    spec: Any = test.callspec.params.get("chart_spec") if hasattr(test, "callspec") else None
    chart = [] if spec is None else [spec.chart, spec.tests_folder]
    return [*ALWAYS, test.path, *named, *chart]
