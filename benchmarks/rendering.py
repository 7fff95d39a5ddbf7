"""The cost of one more case in a test: rendering, parsing and validation, with Helm's library and its program.

    python -m benchmarks.rendering                            model-server, all its values files
    python -m benchmarks.rendering --chart charts/other --rounds 2
    python -m benchmarks.rendering --cpu                      CPU time, for a busy machine

Each case is new to the process, as in the first run of a test. The parts of a round are measured one after another, so
that other load on the machine affects all of them. Times are medians.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import machine
from devkit import paths
from tests.harness import HELM3, HELM4, SDK, Case, Manifests, cache, render, worker_environment, yaml_documents
from tests.harness.charts import values_files
from tests.harness.schemas import newest_version, problems

# Limit for one more case: render, parse, validate.
LIMIT_MS = 10.0
# A value that changes little, as in most cases of a test.
ONE_VALUE: dict[str, Callable[[int], dict[str, Any]]] = {
    "model-server": lambda number: {"podAnnotations": {"case": str(number)}},
    "monitoring": lambda number: {"prometheus": {"podAnnotations": {"case": str(number)}}},
}

SAMPLES = dict[str, list[float]]

_clock: Callable[[], float] = time.perf_counter


def main() -> int:
    """Measure and print; returns 1 if a case exceeds its limit."""
    options = _parser().parse_args()
    if any(os.environ.get(name) != value for name, value in worker_environment.ENVIRONMENT.items()):
        # The environment of the workers of a test run, which must be set before the start.
        again = [sys.executable, "-m", "benchmarks.rendering", *sys.argv[1:]]
        return subprocess.run(again, env={**os.environ, **worker_environment.ENVIRONMENT}, check=False).returncode
    global _clock
    _clock = _processor_seconds if options.cpu else time.perf_counter
    chart = options.chart.resolve()
    measured = {
        name: _medians(_measured(chart, options.rounds, change)) for name, change in _changes(chart.name).items()
    }
    if options.json:
        print(json.dumps({"machine": machine.describe(), "chart": chart.name, "milliseconds": measured}, indent=2))
    else:
        print(_table(chart.name, measured))
    # Most cases of a test are like the first.
    return 0 if next(iter(measured.values()))["one more case"] <= LIMIT_MS else 1


def _changes(chart: str) -> dict[str, Callable[[Case, int], Case]]:
    changes: dict[str, Callable[[Case, int], Case]] = {}
    if chart in ONE_VALUE:
        changes["one value is new"] = lambda case, number: case.with_values(ONE_VALUE[chart](number))
    changes["every object is new"] = lambda case, number: replace(case, release=f"case-{number}")
    return changes


def _measured(chart: Path, rounds: int, change: Callable[[Case, int], Case]) -> SAMPLES:
    samples: SAMPLES = defaultdict(list)
    version = newest_version()
    numbers = iter(range(1_000_000))
    for file in values_files(chart):
        base = file.case()
        # Exclude what is done once in a process.
        _validated(Manifests(SDK.template(base)), version)
        for case in (change(base, next(numbers)) for _ in range(rounds)):
            _measure(case, version, samples)
    return samples


def _measure(case: Case, version: str, samples: SAMPLES) -> None:
    texts = {
        "render, library": _timed(samples, "render, library", partial(SDK.template, case)),
        "render, Helm 4": _timed(samples, "render, Helm 4", partial(HELM4.template, case)),
        "render, Helm 3": _timed(samples, "render, Helm 3", partial(HELM3.template, case)),
    }
    manifests = _timed(samples, "read", partial(Manifests, texts["render, library"]))
    _timed(samples, "validate", partial(_validated, manifests, version))
    samples["one more case"].append(sum(samples[part][-1] for part in ("render, library", "read", "validate")))
    render(case)
    with _as_another_process():
        _timed(samples, "the same from the cache", partial(render, case))


class _as_another_process:
    """Clears the in-memory caches of this process for a while."""

    def __enter__(self) -> None:
        self.held = (cache._in_memory, yaml_documents._parsed)
        cache._in_memory, yaml_documents._parsed = {}, dict(yaml_documents._parsed)

    def __exit__(self, *_: object) -> None:
        cache._in_memory, yaml_documents._parsed = self.held


def _validated(manifests: Manifests, version: str) -> None:
    for manifest in manifests:
        problems(manifest.body, version)


def _timed(samples: SAMPLES, name: str, call: Callable[[], Any]) -> Any:
    started = _clock()
    result = call()
    samples[name].append((_clock() - started) * 1000)
    return result


def _processor_seconds() -> float:
    """Return the CPU time of this process and its children."""
    usages = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _medians(samples: SAMPLES) -> dict[str, float]:
    return {name: round(statistics.median(values), 2) for name, values in samples.items()}


def _table(chart: str, measured: dict[str, dict[str, float]]) -> str:
    return "\n".join(_lines(chart, measured))


def _lines(chart: str, measured: dict[str, dict[str, float]]) -> Iterator[str]:
    names = list(measured)
    yield f"\n{machine.describe()}\n\n{chart}, {len(values_files(paths.REPOSITORY / 'charts' / chart))} values files"
    yield f"\n| milliseconds a case | {' | '.join(names)} |\n|---|{'---|' * len(names)}"
    for part in next(iter(measured.values())):
        yield f"| {part} | {' | '.join(f'{measured[name][part]:.2f}' for name in names)} |"
    for program in ("render, Helm 4", "render, Helm 3"):
        ratios = [f"{measured[name][program] / measured[name]['render, library']:.1f}" for name in names]
        yield f"| {program}, times the library | {' | '.join(ratios)} |"
    yield f"\nLimit of one more case, {names[0]}: {LIMIT_MS:.0f} ms."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.rendering", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chart", type=Path, default=paths.CHARTS / "model-server", help="folder of a chart")
    parser.add_argument("--rounds", type=int, default=5, help="cases of each values file (default: 5)")
    parser.add_argument("--cpu", action="store_true", help="measure CPU time")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
