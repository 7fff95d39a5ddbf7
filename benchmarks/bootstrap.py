"""Time to the first predictions: from nothing, with warm caches, and of the cluster alone.

    python -m benchmarks.bootstrap              all three; the run from nothing takes about 20 minutes
    python -m benchmarks.bootstrap --warm-only  the two that use the existing caches

Each demo is timed to its predictions and to its end. "From nothing" is a fresh clone of the committed state with empty
caches (those of the project, pip, uv and Go) and no engine, but with the Debian packages of earlier runs. A running
cluster is stopped first.
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
class Measurement:
    """A measured time in seconds, and its limit."""

    name: str
    seconds: float
    limit_seconds: float

    @property
    def is_within_limit(self) -> bool:
        """Return whether the time is within its limit."""
        return self.seconds <= self.limit_seconds


def main() -> int:
    """Measure and print; returns 1 if a time exceeds its limit."""
    options = _parser().parse_args()
    measurements = [] if options.warm_only else _from_nothing()
    measurements += [*_warm(), _cluster_alone()]
    if options.json:
        print(json.dumps({"machine": machine.describe(), "figures": [asdict(each) for each in measurements]}, indent=2))
    else:
        print(f"\n{machine.describe()}\n\n| what | measured | limit |\n|---|---|---|")
        for each in measurements:
            print(f"| {each.name} | {_minutes(each.seconds)} | {_minutes(each.limit_seconds)} |")
    return 0 if all(each.is_within_limit for each in measurements) else 1


def _from_nothing() -> list[Measurement]:
    _make("down")
    with tempfile.TemporaryDirectory(prefix="from-nothing-", dir=paths.cache().parent) as place:
        clone, caches = Path(place) / "clone", Path(place) / "caches"
        subprocess.run(["git", "clone", "--quiet", str(paths.REPOSITORY), str(clone)], check=True)
        environment = {name: str(caches / name.lower()) for name in EMPTY_CACHES}
        try:
            predictions, whole = _timed_demo(clone, environment)
        finally:
            _make("down", clone, environment)
            # Go makes its module folders read-only.
            subprocess.run(["chmod", "--recursive", "u+w", str(caches)], check=False)
            shutil.rmtree(caches, ignore_errors=True)
    return [
        Measurement("`make demo` from nothing, no container registry: predictions", predictions, 20 * 60),
        Measurement("the same, with monitoring and canary", whole, 40 * 60),
    ]


def _warm() -> list[Measurement]:
    _make("demo")
    _make("down")
    predictions, whole = _timed_demo()
    return [
        Measurement("`make demo` with warm caches, no cluster, no engine: predictions", predictions, 90),
        Measurement("the same, with monitoring and canary", whole, 300),
    ]


def _cluster_alone() -> Measurement:
    _make("down")
    started = time.monotonic()
    _make("up")
    return Measurement("`make up` with warm caches, no engine", time.monotonic() - started, 30)


def _timed_demo(clone: Path = paths.REPOSITORY, environment: dict[str, str] | None = None) -> tuple[float, float]:
    """Return the seconds to the predictions and to the end."""
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
        raise SystemExit("error: `make demo` failed, see its output above.")
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
    parser.add_argument("--warm-only", action="store_true", help="skip the run from nothing")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
