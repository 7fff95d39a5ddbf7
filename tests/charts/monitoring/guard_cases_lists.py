"""Invalid values: lists with two entries that have the same key, each with the complete message of its guard."""

from __future__ import annotations

from tests.charts.guard_cases_lists import repeated, spread
from tests.charts.guards import Cases

LISTS: Cases = [
    spread(f"{component}.topologySpreadConstraints")
    for component in ("prometheus", "alertmanager", "grafana", "kubeStateMetrics", "adapter")
]
LISTS += [
    repeated("alertmanager.extraEnv", [{"name": "A", "value": "a"}, {"name": "A", "value": "b"}], "name"),
    repeated("grafana.extraVolumes", [{"name": "a", "emptyDir": {"sizeLimit": "1Mi"}}] * 2, "name"),
]
