"""Thresholds of panels: a value turns red where the chart's alert fires by default.

A dashboard is a static file and does not follow the values of an installation. It is generated from the defaults in
the chart's ``values.yaml``, so that each threshold is defined once; ``python -m dashboards check`` fails when a default
has changed since.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from devkit import paths
from devkit.errors import UserError

VALUES: Final = paths.CHARTS / "monitoring" / "values.yaml"

# Pairs of a value and the colour from that value on; values below the first one are green.
Thresholds = tuple[tuple[float, str], ...]

RED, ORANGE, YELLOW, GREEN = "red", "orange", "yellow", "green"


def default(name: str, values: Path = VALUES) -> float:
    """Return the default of ``thresholds.<name>`` of the chart; raises UserError if it is not a number."""
    value = _thresholds(values).get(name)
    if not isinstance(value, int | float):
        raise UserError(
            f"{values}: thresholds.{name} must be a number.", "Correct the name in dashboards/thresholds.py."
        )
    return float(value)


@cache
def _thresholds(values: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(values.read_text(encoding="utf-8"))
    return dict(loaded.get("thresholds") or {})


def _alert(name: str) -> Thresholds:
    return ((default(name), RED),)


CPU: Final = _alert("highCpuUsageRatio")
MEMORY: Final = _alert("highMemoryUsageRatio")
DISK: Final = _alert("diskUsageRatio")
VOLUME: Final = _alert("persistentVolumeUsageRatio")
ERRORS: Final = _alert("modelErrorRatio")
LATENCY: Final = _alert("modelLatencyP99Seconds")
QUEUE: Final = _alert("modelQueueRatio")
SLOWER_THAN_STABLE: Final = _alert("canaryLatencyFactor")
DISAGREEMENT: Final = _alert("shadowDisagreementRatio")
# Below 0.1, two distributions are commonly considered equal.
DRIFT: Final[Thresholds] = ((0.1, YELLOW), (default("driftPsi"), RED))
# From Google's SRE workbook: at a burn rate of 1 the error budget lasts exactly its window; at 14.4, one hour uses 2 %.
BURN: Final[Thresholds] = ((1.0, ORANGE), (14.4, RED))
RED_FROM_ONE: Final[Thresholds] = ((1.0, RED),)
ORANGE_FROM_ONE: Final[Thresholds] = ((1.0, ORANGE),)
