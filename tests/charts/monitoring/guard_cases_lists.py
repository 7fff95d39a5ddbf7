"""Invalid values: lists with two entries that have the same key, each with the complete message of its guard."""

from __future__ import annotations

from typing import Any

from tests.charts.guard_cases_lists import DIFFERENT_PARENTS, certificates, parents, repeated, spread
from tests.charts.guards import Cases

WRITE = {"url": "https://metrics.example.org"}
EGRESS = [{"ports": [{"port": 443, "protocol": "TCP"}]}]


def sources(*given: dict[str, Any]) -> dict[str, Any]:
    """Return values with additional data sources, whose names and uids differ unless they are given."""
    entries = [{"name": f"S{index}", "uid": f"s{index}", "type": "a", **each} for index, each in enumerate(given)]
    return {"grafana": {"extraDataSources": entries, "egress": EGRESS}}


LISTS: Cases = [
    *(
        spread(f"{component}.topologySpreadConstraints")
        for component in ("prometheus", "alertmanager", "grafana", "kubeStateMetrics", "adapter")
    ),
    *(
        repeated(f"{component}.resources.claims", [{"name": "a"}, {"name": "a", "request": "b"}], "name")
        for component in ("prometheus", "alertmanager.reloader", "nodeExporter")
    ),
    *(
        case
        for component in ("prometheus", "alertmanager", "grafana")
        for case in (certificates(f"{component}.ingress.tls"), *parents(f"{component}.httpRoute.parentRefs"))
    ),
    repeated("extraRules.own.groups", [{"name": "a", "rules": [{"record": "a", "expr": "b"}]}] * 2, "name"),
    (
        {"prometheus": {"remoteWrite": [WRITE, {**WRITE, "name": "a"}, WRITE]}},
        "prometheus.remoteWrite[2]: is the same as prometheus.remoteWrite[0]. Remove it, or give it a name.",
    ),
    (
        {"prometheus": {"remoteWrite": [{**WRITE, "name": "a"}, {"url": "https://a.example.org", "name": "a"}]}},
        'prometheus.remoteWrite[1].name: the name "a" is already in use. Change the name.',
    ),
    *(
        (
            sources({"name": name}),
            f'grafana.extraDataSources[0].name: the name "{name}" is already in use. Change the name.',
        )
        for name in ("Prometheus", "Alertmanager")
    ),
    (
        sources({}, {"name": "S0"}),
        'grafana.extraDataSources[1].name: the name "S0" is already in use. Change the name.',
    ),
    (
        sources({"isDefault": True}, {"isDefault": True}),
        "grafana.extraDataSources[1].isDefault: is true, but another additional data source is already the default. "
        "Set it to false in all but one of them.",
    ),
    (
        {"dashboards": {"enabled": True, "extra": {"shop": '{"uid": "a", "title": "Model serving / Overview"}'}}},
        'dashboards.extra.shop: has the same title as overview.json, "Model serving / Overview", so Grafana would stop '
        "updating all dashboards of the folder. Change the title.",
    ),
    (
        {"dashboards": {"enabled": True, "extra": {key: f'{{"uid": "{key}", "title": "A"}}' for key in "ab"}}},
        'dashboards.extra.b: has the same title as dashboards.extra.a, "A", so Grafana would stop updating all '
        "dashboards of the folder. Change the title.",
    ),
]

# Valid values that resemble invalid ones.
ALLOWED: list[dict[str, Any]] = [
    {"prometheus": {"httpRoute": {"parentRefs": DIFFERENT_PARENTS}}},
    {"prometheus": {"remoteWrite": [WRITE, {**WRITE, "name": "a"}]}},
    sources({"isDefault": True}),
    # Another organization has data sources of its own.
    sources({"isDefault": True}, {"name": "Prometheus", "uid": "prometheus", "isDefault": True, "orgId": 2}),
    # A dashboard without a title is not a duplicate of another one.
    {"dashboards": {"enabled": True, "extra": {key: f'{{"uid": "{key}"}}' for key in "ab"}}},
]
