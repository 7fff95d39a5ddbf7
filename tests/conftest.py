"""Hooks for all tests: how workers share them, what is cached between runs, and the summary of what was rendered."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from typing import Any

import pytest

from devkit import paths
from tests.harness import cache, render_stats, result_cache, worker_environment

ROOT = paths.REPOSITORY / "tests"
# Each of these works on the one cluster of this machine, or starts an Istio for all of its tests.
SERIAL = ("istio_local", "e2e", "recovery")

_started_at = pytest.StashKey[float]()


def pytest_configure(config: pytest.Config) -> None:
    """Let programs under test receive SIGINT, even if a shell started this run in the background."""
    config.stash[_started_at] = time.time()
    config.addinivalue_line("markers", f"{result_cache.RENAMED_MARKER}: renamed to {result_cache.MARKER}")
    # A shell makes background jobs ignore SIGINT, and child processes inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Set the environment of the workers before they start."""
    for name, value in worker_environment.ENVIRONMENT.items():
        os.environ.setdefault(name, value)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Replace the scheduler of `--dist loadscope`."""
    # Imported here, because the end-to-end tests run without pytest-xdist.
    from tests.xdist_scheduler import ChunkScheduling

    return ChunkScheduling(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse the old name of a marker."""
    for item in items:
        result_cache.refuse_renamed_marker(item)


def pytest_collection_finish() -> None:
    """Make Hypothesis generate the same values in every run, and collect garbage less often."""
    # Collected tests live until the end. Scanning them repeatedly takes a fifth of the run.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    # Hypothesis also generates constants of the modules that are imported so far, which differ between workers.
    providers = sys.modules.get("hypothesis.internal.conjecture.providers")
    if providers is not None:
        providers.is_local_module_file = lambda _: False  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture: refuse to run serial tests in parallel, and look for a cached result."""
    if hasattr(item.config, "workerinput") and item.path.relative_to(ROOT).parts[0] in SERIAL:
        pytest.fail("this test cannot share the cluster with others. Remedy: run it without -n.", pytrace=False)
    if isinstance(item, pytest.Function):
        result_cache.setup(item)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Skip the body of a test whose result is cached."""
    return True if result_cache.is_cached(pyfuncitem) else None


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Store the result of a slow test that passed."""
    if (
        call.when == "call"
        and call.excinfo is None
        and isinstance(item, pytest.Function)
        and not result_cache.is_cached(item)
    ):
        result_cache.store(item)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send a worker's counts to the main process, which prunes the cache if something was added to it."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["renderings"] = render_stats.dump()
        output["result_cache"] = dict(result_cache.counts)
    elif render_stats.any_rendered():
        cache.prune(used_since=session.config.stash[_started_at] - 1)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add the counts of a worker."""
    # None if the worker crashed.
    output = getattr(node, "workeroutput", None) or {}
    render_stats.load(output.get("renderings", {}))
    result_cache.counts.update(output.get("result_cache", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many cases were rendered and how many slow tests were run."""
    for line in render_stats.summary():
        terminalreporter.write_line(f"renderings: {line}")
    if result_cache.counts:
        run, cached = result_cache.counts["run"], result_cache.counts["cached"]
        terminalreporter.write_line(
            f"slow tests: {run} run, {cached} cached since no file that they depend on has changed"
        )
