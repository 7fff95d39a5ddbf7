"""How the tests are spread over workers, and what is said of renderings at the end."""

from __future__ import annotations

import os
from typing import Any

import pytest

from cluster import paths
from tests.harness import cache, tally, workers

ROOT = paths.REPOSITORY / "tests"
# What is expensive to make for a session is made by one worker: tests that share it stay together. A test that uses
# several goes where the first of them is made.
SHARED = {
    "keras_repository": "keras",
    "keras_server": "keras",
    "sklearn_repository": "sklearn",
    "sklearn_server": "sklearn",
}
# Each of these works on the one cluster that there is.
ONE_BY_ONE = ("e2e", "recovery")


def pytest_xdist_setupnodes() -> None:
    """Tell the workers, which are about to start."""
    for name, value in workers.ENVIRONMENT.items():
        os.environ.setdefault(name, value)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name the groups of tests that stay together."""
    for item in items:
        used = getattr(item, "fixturenames", ())
        group = next((group for name, group in SHARED.items() if name in used), None)
        if group is not None:
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse to run what must be alone beside anything else, before its fixtures start a cluster."""
    if hasattr(item.config, "workerinput") and item.path.relative_to(ROOT).parts[0] in ONE_BY_ONE:
        pytest.fail("this test works on the one cluster that there is. Remedy: run it without -n.", pytrace=False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its counts over; the session's own process removes old renderings."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is None:
        cache.prune()
    else:
        output["renderings"] = tally.dump()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker has ended."""
    # None if it crashed.
    tally.load((getattr(node, "workeroutput", None) or {}).get("renderings", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was rendered."""
    for line in tally.summary():
        terminalreporter.write_line(f"renderings: {line}")
