"""From where on a figure has a colour: where the chart's alerts fire by default.

A dashboard is a plain file and does not follow the values of an installation. It is written with the defaults of the
chart, so that there is one place for each; `python -m dashboards check` fails when they have changed since.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from devkit import paths
from devkit.errors import UserError

VALUES: Final = paths.CHARTS / "monitoring" / "values.yaml"

# Value and colour; below the first one everything is well.
Steps = tuple[tuple[float, str], ...]

RED, ORANGE, YELLOW, GREEN = "red", "orange", "yellow", "green"


def default(name: str, values: Path = VALUES) -> float:
    """A threshold of the chart; raises UserError."""
    value = _thresholds(values).get(name)
    if not isinstance(value, int | float):
        raise UserError(f"{values}: thresholds.{name} is no number.", "Mend its name in dashboards/thresholds.py.")
    return float(value)


@cache
def _thresholds(values: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(values.read_text(encoding="utf-8"))
    return dict(read.get("thresholds") or {})


def _alert(name: str) -> Steps:
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
# Below 0.1 two samples are commonly taken to be alike.
DRIFT: Final[Steps] = ((0.1, YELLOW), (default("driftPsi"), RED))
# Of Google's SRE workbook: at 1 the budget lasts exactly as long as its period, at 14.4 a fiftieth of it goes in 1 h.
BURN: Final[Steps] = ((1.0, ORANGE), (14.4, RED))
ANY_IS_BAD: Final[Steps] = ((1.0, RED),)
ANY_IS_WORTH_A_LOOK: Final[Steps] = ((1.0, ORANGE),)
