"""One mesh for all tests of this folder, a namespace for each test, and diagnostics of failed tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.istio_local import loopback
from tests.istio_local.loopback import KEPT_LOGS, Loopback
from tests.istio_local.mesh_case import MeshCase

_failed = pytest.StashKey[bool]()
_seconds = pytest.StashKey[dict[str, float]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Record whether the test failed, for its fixtures."""
    report = yield
    if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
        item.stash[_failed] = True
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the start-up time of the mesh."""
    seconds = terminalreporter.config.stash.get(_seconds, {})
    if seconds:
        parts = ", ".join(f"{part} {took}" for part, took in seconds.items())
        terminalreporter.write_line(f"mesh: ready in {sum(seconds.values()):.1f} s: {parts}")


@pytest.fixture(scope="session")
def mesh(request: pytest.FixtureRequest) -> Iterator[Loopback]:
    """The mesh, which ends with the session, even if the session is killed."""
    with loopback.running() as running:
        request.config.stash[_seconds] = running.seconds
        yield running


@pytest.fixture
def case(mesh: Loopback, request: pytest.FixtureRequest) -> Iterator[MeshCase]:
    """A namespace for one test."""
    made = MeshCase(mesh, request.node.name.removeprefix("test_"))
    try:
        yield made
        if not request.node.stash.get(_failed, False):
            made.assert_nothing_rejected()
    finally:
        if request.node.stash.get(_failed, False):
            _keep(mesh, request.node.name)
        made.close()


def _keep(mesh: Loopback, test: str) -> None:
    folder = mesh.keep_logs()
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", test)
    configuration = json.dumps(mesh.gateway.config_dump(), indent=1)
    (folder / f"{name}.config_dump.json").write_text(configuration, encoding="utf-8")
    print(f"the configuration of the gateway, and all logs: {KEPT_LOGS}")
