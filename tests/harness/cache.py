"""A cache of renderings: in the memory of this process, and in files that all processes and runs share.

The files are .build/renders/<digest of the chart>/<digest of the request>; errors are cached as well. The request is
everything that a result depends on: values, release, versions, backend and harness. `make clean` deletes them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from devkit import paths
from tests.harness import chart_files, render_stats
from tests.harness.backends import Backend, HelmError
from tests.harness.case import Case

FOLDER = paths.BUILD / "renders"
# Limit for all states of all charts together. A run of all tests uses 60 MB, for some 60 states of charts: the
# repository's own, copies under another version, umbrella charts, released charts and small samples.
MAX_BYTES = 1_000_000_000

T = TypeVar("T")

_in_memory: dict[tuple[str, str], Any] = {}


def remember(case: Case, backend: Backend, operation: str, compute: Callable[[], Any], finish: Callable[[Any], T]) -> T:
    """Return `finish` of the result of `compute`, which must be JSON; call `compute` only if no equal case is cached.

    A HelmError that `compute` raises is cached and raised again.
    """
    chart = chart_files.digest(case.chart)
    key = _key(case, backend, operation)
    if (chart, key) not in _in_memory:
        file = FOLDER / chart / key
        stored, seconds = _read(file), None
        if stored is None:
            start = perf_counter()
            stored = _compute(compute)
            result = _finish(stored, finish)
            seconds = perf_counter() - start
            # If a file of the chart changed in the meantime, the result belongs to neither state.
            if chart_files.digest(case.chart, reread=True) == chart:
                _write(file, stored)
        else:
            result = _finish(stored, finish)
        render_stats.record(backend.name, f"{chart} {key}", seconds)
        _in_memory[chart, key] = result
    cached: T | HelmError = _in_memory[chart, key]
    if isinstance(cached, HelmError):
        raise HelmError(*cached.args)
    return cached


def prune(used_since: float, max_bytes: int = MAX_BYTES) -> None:
    """Delete the least recently used states of charts until the rest fits into `max_bytes`.

    States that were used since `used_since`, in seconds since the epoch, are kept: the next run needs them again.
    """
    if not FOLDER.is_dir():
        return
    remaining = max_bytes
    for folder in sorted(FOLDER.iterdir(), key=_last_used, reverse=True):
        remaining -= sum(_sizes(folder))
        if remaining < 0 and _last_used(folder) < used_since:
            # Another run may be deleting it at the same time.
            shutil.rmtree(folder, ignore_errors=True)


def _compute(compute: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"result": compute()}
    except HelmError as error:
        return {"error": str(error)}


def _finish(stored: dict[str, Any], finish: Callable[[Any], T]) -> T | HelmError:
    return HelmError(stored["error"]) if "error" in stored else finish(stored["result"])


def _key(case: Case, backend: Backend, operation: str) -> str:
    parts = [_harness(), backend.name, backend.version(), operation, case.identity()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


@cache
def _harness() -> str:
    """Return the digest of the sources that decide what a stored result contains."""
    here = Path(__file__).parent
    modules = (here / f"{name}.py" for name in ("cache", "render", "yaml_documents"))
    sources = [*sorted((here / "backends").glob("*.py")), *modules]
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()


def _read(file: Path) -> dict[str, Any] | None:
    try:
        stored: dict[str, Any] = json.loads(gzip.decompress(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError):
        # Damaged, for example by a full disk: render again and overwrite it.
        return None
    _touch(file.parent)
    return stored


def _write(file: Path, stored: dict[str, Any]) -> None:
    """Write atomically, because other workers read at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        temporary.write_bytes(gzip.compress(json.dumps(stored).encode(), compresslevel=1, mtime=0))
        temporary.replace(file)
    except FileNotFoundError:
        # Another run has just pruned this state.
        return


@cache
def _touch(folder: Path) -> None:
    """Mark a state as used; once per process is enough."""
    os.utime(folder)


def _last_used(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _sizes(folder: Path) -> Iterator[int]:
    """Yield the bytes on disk of each file of a state."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                yield entry.stat().st_blocks * 512
    except FileNotFoundError:
        return
