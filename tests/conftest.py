"""How the tests are spread over workers, and what is said of renderings at the end."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Any

import pytest

from devkit import paths
from tests.harness import cache, render_stats, result_cache, worker_environment

ROOT = paths.REPOSITORY / "tests"
# Each of these works on the one cluster that there is, or makes a mesh for all of its tests.
ONE_BY_ONE = ("istio_local", "e2e", "recovery")


def pytest_configure(config: pytest.Config) -> None:
    """Have programs under test end on an interrupt, also where a shell has started this run in the background."""
    config.addinivalue_line("markers", f"{result_cache.RENAMED_MARKER}: renamed to {result_cache.MARKER}")
    # Such a run ignores it, and so would every program that it starts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_setupnodes() -> None:
    """Tell the workers, which are about to start."""
    for name, value in worker_environment.ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Spread the tests in this repository's way where they are to be spread by where they stand."""
    # Only here, so that e2e tests need no pytest-xdist.
    from tests.xdist_scheduler import ChunkScheduling

    return ChunkScheduling(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture: refuse to run what must be alone beside anything else; look whether a proof stands."""
    if hasattr(item.config, "workerinput") and item.path.relative_to(ROOT).parts[0] in ONE_BY_ONE:
        pytest.fail("this test works on what there is one of. Remedy: run it without -n.", pytrace=False)
    if isinstance(item, pytest.Function):
        result_cache.setup(item)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse the old name of a marker."""
    for item in items:
        result_cache.refuse_renamed_marker(item)


def pytest_collection_finish() -> None:
    """Make Hypothesis draw the same in every run, as it is asked to; and collect garbage less often."""
    # What has been collected stays to the end. To look through it again and again takes a fifth of the run.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    # It draws constants of the modules that the process has imported by then, which differs from worker to worker.
    providers = sys.modules.get("hypothesis.internal.conjecture.providers")
    if providers is not None:
        providers.is_local_module_file = lambda _: False  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run no long test again whose proof stands."""
    return True if result_cache.is_cached(pyfuncitem) else None


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Keep what a long test has proved."""
    if (
        call.when == "call"
        and call.excinfo is None
        and isinstance(item, pytest.Function)
        and not result_cache.is_cached(item)
    ):
        result_cache.store(item)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its counts over; the session's own process removes old renderings."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is None:
        cache.prune()
    else:
        output["renderings"] = render_stats.dump()
        output["result_cache"] = dict(result_cache.counts)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker has ended."""
    # None if it crashed.
    output = getattr(node, "workeroutput", None) or {}
    render_stats.load(output.get("renderings", {}))
    result_cache.counts.update(output.get("result_cache", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was rendered."""
    for line in render_stats.summary():
        terminalreporter.write_line(f"renderings: {line}")
    if result_cache.counts:
        run, cached = result_cache.counts["run"], result_cache.counts["cached"]
        terminalreporter.write_line(
            f"slow tests: {run} run, {cached} cached since no file that they depend on has changed"
        )
