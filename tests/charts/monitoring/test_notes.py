"""What is shown after an installation: how to get in, what an operator must choose, and warnings, each once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.monitoring.chart import case, rendered
from tests.charts.monitoring.guard_cases_alerting import WEBHOOK, telling
from tests.harness import notes

FORWARD = "kubectl --namespace serving port-forward service/demo-monitoring-{} {}:{}"
LOGIN_OF_ADMIN = (
    "kubectl --namespace serving exec statefulset/demo-monitoring-grafana --container grafana -- "
    "cat /var/lib/grafana/admin-password"
)
TEST = "helm --namespace serving test demo"
PROMETHEUS, ALERTMANAGER = FORWARD.format("prometheus", 9090, 9090), FORWARD.format("alertmanager", 9093, 9093)
GRAFANA = FORWARD.format("grafana", 3000, 80)
NO_GRAFANA: dict[str, Any] = {"grafana": {"enabled": False}}
NOBODY = "alertmanager.receivers is empty: alerts fire, and nobody is told."
NOT_WATCHED = "alertmanager.deadMansSwitchReceiver is empty: if Prometheus or Alertmanager stops, nobody is told."
NO_ADDRESS = (
    "runbookUrl docs/runbooks is no address: whoever is told of an alert cannot follow it. Name where docs/runbooks "
    "can be read."
)
UNROUTED = "alertmanager.route.receiver is empty: of alerts that no entry of alertmanager.routes takes, nobody is told."
BLIND = (
    "kubeStateMetrics.enabled is false: without kube-state-metrics, alerts on nodes, pods and Deployments stay silent."
)
TOLD = telling(webhook=WEBHOOK)
RUNBOOKS: dict[str, Any] = {"runbookUrl": "https://runbooks.example.org"}


def shown(values: dict[str, Any]) -> list[str]:
    """The lines of the notes, which hold no trace of a template that has gone wrong."""
    text = notes(case(values))
    for wrong in ("<no value>", "%!", "map[", "{{", "<nil>"):
        assert wrong not in text, f"{wrong!r} is in the notes:\n{text}"
    return text.splitlines()


def kept(name: str) -> dict[str, Any]:
    return {name: {"persistence": {"enabled": False}}}


COMMANDS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, [PROMETHEUS, ALERTMANAGER, GRAFANA, LOGIN_OF_ADMIN, TEST]),
    (NO_GRAFANA, [PROMETHEUS, ALERTMANAGER, TEST]),
    ({**NO_GRAFANA, "tests": {"runner": "none"}}, [PROMETHEUS, ALERTMANAGER]),
    (
        {"grafana": {"service": {"port": 8080}, "admin": {"existingSecret": "admin"}}},
        [PROMETHEUS, ALERTMANAGER, FORWARD.format("grafana", 3000, 8080), TEST],
    ),
    ({**NO_GRAFANA, "prometheus": {"externalUrl": "https://prometheus.example.org"}}, [ALERTMANAGER, TEST]),
]


@pytest.mark.parametrize(("values", "commands"), COMMANDS, ids=lambda part: str(part)[:60])
def test_the_notes_tell_how_to_get_in(values: dict[str, Any], commands: list[str]) -> None:
    found = [line.strip() for line in shown(values) if line.strip().startswith(("kubectl ", "helm "))]
    assert found == commands


def test_what_is_told_to_forward_is_there() -> None:
    manifests = rendered()
    for name in ("prometheus", "alertmanager", "grafana"):
        assert manifests.one("Service", f"demo-monitoring-{name}")


def test_an_operators_selectors_are_told() -> None:
    labelled = shown({"mode": "operator", "commonLabels": {"release": "stack"}})
    assert "   release: stack" in labelled
    assert any("none are set" in line for line in shown({"mode": "operator"}))


def test_the_configmap_of_rules_is_told() -> None:
    assert any("demo-monitoring-rules" in line for line in shown({"mode": "rules-only"}))


WARNINGS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, [NOBODY]),
    (TOLD, [NOT_WATCHED, NO_ADDRESS]),
    ({**RUNBOOKS, "alertmanager": {**TOLD["alertmanager"], "deadMansSwitchReceiver": "team"}}, []),
    (
        {
            **RUNBOOKS,
            "alertmanager": {**TOLD["alertmanager"], "deadMansSwitchReceiver": "team", "route": {"receiver": ""}},
        },
        [UNROUTED],
    ),
    ({"kubeStateMetrics": {"enabled": False}}, [NOBODY, BLIND]),
    *(
        (kept(name), [NOBODY, f"{name}.persistence.enabled is false: what {name.title()} knows is gone with its pod."])
        for name in ("prometheus", "alertmanager", "grafana")
    ),
    ({"grafana": {"enabled": False, "persistence": {"enabled": False}}}, [NOBODY]),
    (
        {"nodeExporter": {"hostNetwork": True, "port": 9111}},
        [NOBODY, "nodeExporter.hostNetwork is true: whoever reaches a node reads its figures at port 9111."],
    ),
    ({"mode": "operator"}, []),
    ({"mode": "rules-only", **kept("prometheus")}, []),
]


@pytest.mark.parametrize(("values", "warnings"), WARNINGS, ids=lambda part: str(part)[:60])
def test_what_works_and_may_surprise_is_said_once(values: dict[str, Any], warnings: list[str]) -> None:
    said = [line.removeprefix("WARNING: ") for line in shown(values) if line.startswith("WARNING: ")]
    assert said == warnings
