"""What was asked before: in this process, and in files that all processes share.

Answers lie in .build/renders/<digest of the chart>/<digest of the question>, refusals too. A question is all that the
answer depends on: values, release, versions, backend, and the harness itself. `make clean` empties it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from devkit import paths
from tests.harness import chart_files, render_stats
from tests.harness.backends import Backend, HelmError
from tests.harness.case import Case

FOLDER = paths.BUILD / "renders"
# States of charts whose answers are kept, the last used ones. A run uses several: copies, umbrellas.
KEPT = 24

T = TypeVar("T")

_known: dict[tuple[str, str], Any] = {}


def remember(case: Case, backend: Backend, question: str, ask: Callable[[], Any], finish: Callable[[Any], T]) -> T:
    """What `finish` makes of the answer of `ask`, which is JSON, if it was not asked before; a refusal is raised."""
    chart = chart_files.digest(case.chart)
    key = _key(case, backend, question)
    if (chart, key) not in _known:
        file = FOLDER / chart / key
        answer, seconds = _read(file), None
        if answer is None:
            started = time.perf_counter()
            answer = _asked(ask)
            made = _made(answer, finish)
            seconds = time.perf_counter() - started
            # An answer about files that were changed while it was asked is about neither state.
            if chart_files.digest(case.chart, anew=True) == chart:
                _write(file, answer)
        else:
            made = _made(answer, finish)
        render_stats.record(backend.name, f"{chart} {key}", seconds)
        _known[chart, key] = made
    result: T | HelmError = _known[chart, key]
    if isinstance(result, HelmError):
        raise HelmError(*result.args)
    return result


def prune(kept: int = KEPT) -> None:
    """Remove the answers about states of charts that were not asked about for the longest time."""
    if not FOLDER.is_dir():
        return
    for folder in sorted(FOLDER.iterdir(), key=_last_used, reverse=True)[kept:]:
        # Another run may be removing it, too.
        shutil.rmtree(folder, ignore_errors=True)


def _asked(ask: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"answer": ask()}
    except HelmError as error:
        return {"refused": str(error)}


def _made(answer: dict[str, Any], finish: Callable[[Any], T]) -> T | HelmError:
    return HelmError(answer["refused"]) if "refused" in answer else finish(answer["answer"])


def _key(case: Case, backend: Backend, question: str) -> str:
    parts = [_harness(), backend.name, backend.version(), question, case.identity()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


@cache
def _harness() -> str:
    """The digest of the sources that decide what an answer looks like."""
    here = Path(__file__).parent
    sources = [
        *sorted((here / "backends").glob("*.py")),
        here / "cache.py",
        here / "yaml_documents.py",
        here / "render.py",
    ]
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()


def _read(file: Path) -> dict[str, Any] | None:
    try:
        answer: dict[str, Any] = json.loads(gzip.decompress(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError):
        # Damaged, by a full disk say: asked again and written anew.
        return None
    _touch(file.parent)
    return answer


def _write(file: Path, answer: dict[str, Any]) -> None:
    """Whole or not at all: other workers read while this one writes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        half.write_bytes(gzip.compress(json.dumps(answer).encode(), compresslevel=1, mtime=0))
        half.replace(file)
    except FileNotFoundError:
        # Another run has just removed the folder of a state that it does not know.
        return


@cache
def _touch(folder: Path) -> None:
    """Note that the answers of a folder were used: once a run is enough."""
    os.utime(folder)


def _last_used(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0
