"""How long it takes until models answer: from nothing, with warm caches, and the cluster alone.

    python -m benchmarks.bootstrap              all three; from nothing takes as long as the README says
    python -m benchmarks.bootstrap --warm-only  the two that use the caches that are there

Each demo is measured to its predictions and to its end, the canary. "From nothing" is a fresh clone with empty caches
(ours, pip's, uv's and Go's) and no engine; what stays are the Debian packages that an earlier run installed. The clone
has what is committed, nothing else. The cluster that is up is ended first.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import machine
from devkit import paths
from examples.iris import demo

EMPTY_CACHES = ("MODEL_SERVING_CACHE", "UV_CACHE_DIR", "PIP_CACHE_DIR", "GOCACHE", "GOMODCACHE")


@dataclass(frozen=True)
class Figure:
    """One measured time in seconds, and the limit that it is held against."""

    name: str
    seconds: float
    limit_seconds: float

    @property
    def holds(self) -> bool:
        """Whether the figure is within its limit."""
        return self.seconds <= self.limit_seconds


def main() -> int:
    """Measure and print; 1 when a figure is over its limit."""
    options = _parser().parse_args()
    figures = [] if options.warm_only else _from_nothing()
    figures += [*_warm(), _cluster_alone()]
    if options.json:
        print(json.dumps({"machine": machine.described(), "figures": [asdict(figure) for figure in figures]}, indent=2))
    else:
        print(f"\n{machine.described()}\n\n| what | measured | limit |\n|---|---|---|")
        for figure in figures:
            print(f"| {figure.name} | {_minutes(figure.seconds)} | {_minutes(figure.limit_seconds)} |")
    return 0 if all(figure.holds for figure in figures) else 1


def _from_nothing() -> list[Figure]:
    _make("down")
    with tempfile.TemporaryDirectory(prefix="from-nothing-", dir=paths.cache().parent) as place:
        clone, caches = Path(place) / "clone", Path(place) / "caches"
        subprocess.run(["git", "clone", "--quiet", str(paths.REPOSITORY), str(clone)], check=True)
        environment = {name: str(caches / name.lower()) for name in EMPTY_CACHES}
        try:
            predictions, whole = _timed_demo(clone, environment)
        finally:
            _make("down", clone, environment)
            # Go makes the folders of its modules read-only.
            subprocess.run(["chmod", "--recursive", "u+w", str(caches)], check=False)
            shutil.rmtree(caches, ignore_errors=True)
    return [
        Figure("`make demo` from nothing, no container registry: predictions", predictions, 20 * 60),
        Figure("the same, with monitoring and canary", whole, 40 * 60),
    ]


def _warm() -> list[Figure]:
    _make("demo")
    _make("down")
    predictions, whole = _timed_demo()
    return [
        Figure("`make demo` with warm caches, no cluster, no engine: predictions", predictions, 90),
        Figure("the same, with monitoring and canary", whole, 300),
    ]


def _cluster_alone() -> Figure:
    _make("down")
    started = time.monotonic()
    _make("up")
    return Figure("`make up` with warm caches, no engine", time.monotonic() - started, 30)


def _timed_demo(clone: Path = paths.REPOSITORY, environment: dict[str, str] | None = None) -> tuple[float, float]:
    """Seconds to the predictions, and to the end."""
    print("— make demo", file=sys.stderr, flush=True)
    started, predictions = time.monotonic(), None
    with subprocess.Popen(
        ["make", "demo"], cwd=clone, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", file=sys.stderr, flush=True)
            if line.startswith(demo.PREDICTIONS_DONE):
                predictions = time.monotonic() - started
    if process.returncode or predictions is None:
        raise SystemExit("error: `make demo` failed, see above.")
    return predictions, time.monotonic() - started


def _make(target: str, clone: Path = paths.REPOSITORY, environment: dict[str, str] | None = None) -> None:
    print(f"— make {target}", file=sys.stderr, flush=True)
    subprocess.run(
        ["make", target], cwd=clone, env={**os.environ, **(environment or {})}, stdout=sys.stderr, check=True
    )


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.bootstrap", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--warm-only", action="store_true", help="leave out the run from nothing")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
