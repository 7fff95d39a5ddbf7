"""NOTES.txt: commands for access, labels for the operator's selectors, and warnings without duplicates."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.monitoring.chart import case, rendered
from tests.charts.monitoring.guard_cases_alerting import WEBHOOK, notifying
from tests.harness import notes

FORWARD = "kubectl --namespace serving port-forward service/demo-monitoring-{} {}:{}"
READ_CREDENTIALS = (
    "kubectl --namespace serving exec statefulset/demo-monitoring-grafana --container grafana -- "
    "cat /var/lib/grafana/admin-password"
)
RESET = (
    "kubectl --namespace serving exec statefulset/demo-monitoring-grafana --container grafana -- sh -c 'grafana cli "
    "--homepath /usr/share/grafana --config /etc/grafana/grafana.ini admin reset-admin-password --password-from-stdin "
    "< /etc/grafana-admin/password'"
)
TEST = "helm --namespace serving test demo"
PROMETHEUS, ALERTMANAGER = FORWARD.format("prometheus", 9090, 9090), FORWARD.format("alertmanager", 9093, 9093)
GRAFANA = FORWARD.format("grafana", 3000, 80)
NO_GRAFANA: dict[str, Any] = {"grafana": {"enabled": False}}
NO_RECEIVERS = "alertmanager.receivers is empty: alerts fire, but no notifications are sent."
NO_DEAD_MANS_SWITCH = (
    "alertmanager.deadMansSwitchReceiver is empty: an outage of Prometheus or Alertmanager goes unnoticed."
)
NO_RUNBOOK_URL = (
    "runbookUrl docs/runbooks is not a URL, so the runbook links in notifications do not work. Set it to the URL at "
    "which docs/runbooks is published."
)
UNROUTED = "alertmanager.route.receiver is empty: alerts that match no entry of alertmanager.routes are dropped."
NO_KUBE_STATE_METRICS = (
    "kubeStateMetrics.enabled is false: without kube-state-metrics, alerts on nodes, pods and Deployments cannot fire."
)
NOTIFIED = notifying(webhook=WEBHOOK)
RUNBOOKS: dict[str, Any] = {"runbookUrl": "https://runbooks.example.org"}


def shown(values: dict[str, Any]) -> list[str]:
    """Return the lines of the notes, which must contain no trace of a template error."""
    text = notes(case(values))
    for wrong in ("<no value>", "%!", "map[", "{{", "<nil>"):
        assert wrong not in text, f"{wrong!r} is in the notes:\n{text}"
    return text.splitlines()


def without_persistence(name: str) -> dict[str, Any]:
    return {name: {"persistence": {"enabled": False}}}


COMMANDS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, [PROMETHEUS, ALERTMANAGER, GRAFANA, READ_CREDENTIALS, TEST]),
    (NO_GRAFANA, [PROMETHEUS, ALERTMANAGER, TEST]),
    ({**NO_GRAFANA, "tests": {"runner": "none"}}, [PROMETHEUS, ALERTMANAGER]),
    (
        {"grafana": {"service": {"port": 8080}, "admin": {"existingSecret": "admin"}}},
        [PROMETHEUS, ALERTMANAGER, FORWARD.format("grafana", 3000, 8080), RESET, TEST],
    ),
    ({**NO_GRAFANA, "prometheus": {"externalUrl": "https://prometheus.example.org"}}, [ALERTMANAGER, TEST]),
]


@pytest.mark.parametrize(("values", "commands"), COMMANDS, ids=lambda part: str(part)[:60])
def test_notes_print_the_commands_for_access(values: dict[str, Any], commands: list[str]) -> None:
    found = [line.strip() for line in shown(values) if line.strip().startswith(("kubectl ", "helm "))]
    assert found == commands


def test_services_in_port_forward_commands_exist() -> None:
    manifests = rendered()
    for name in ("prometheus", "alertmanager", "grafana"):
        assert manifests.one("Service", f"demo-monitoring-{name}")


def test_notes_print_the_labels_for_the_operators_selectors() -> None:
    labelled = shown({"mode": "operator", "commonLabels": {"release": "stack"}})
    assert "   release: stack" in labelled
    assert any("none are set" in line for line in shown({"mode": "operator"}))


def test_notes_name_the_configmap_with_the_rules() -> None:
    assert any("demo-monitoring-rules" in line for line in shown({"mode": "rules-only"}))


WARNINGS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, [NO_RECEIVERS]),
    (NOTIFIED, [NO_DEAD_MANS_SWITCH, NO_RUNBOOK_URL]),
    ({**RUNBOOKS, "alertmanager": {**NOTIFIED["alertmanager"], "deadMansSwitchReceiver": "team"}}, []),
    (
        {
            **RUNBOOKS,
            "alertmanager": {**NOTIFIED["alertmanager"], "deadMansSwitchReceiver": "team", "route": {"receiver": ""}},
        },
        [UNROUTED],
    ),
    ({"kubeStateMetrics": {"enabled": False}}, [NO_RECEIVERS, NO_KUBE_STATE_METRICS]),
    *(
        (
            without_persistence(name),
            [NO_RECEIVERS, f"{name}.persistence.enabled is false: the data of {name.title()} is lost with its pod."],
        )
        for name in ("prometheus", "alertmanager", "grafana")
    ),
    ({"grafana": {"enabled": False, "persistence": {"enabled": False}}}, [NO_RECEIVERS]),
    (
        {"nodeExporter": {"hostNetwork": True, "port": 9111}},
        [
            NO_RECEIVERS,
            "nodeExporter.hostNetwork is true: every client that reaches a node can read its metrics at port 9111.",
        ],
    ),
    ({"mode": "operator"}, []),
    ({"mode": "rules-only", **without_persistence("prometheus")}, []),
]


@pytest.mark.parametrize(("values", "warnings"), WARNINGS, ids=lambda part: str(part)[:60])
def test_each_warning_is_printed_once(values: dict[str, Any], warnings: list[str]) -> None:
    printed = [line.removeprefix("WARNING: ") for line in shown(values) if line.startswith("WARNING: ")]
    assert printed == warnings
