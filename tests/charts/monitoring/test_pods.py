"""Pods: access of node-exporter to its host, and changes that restart pods or apply in place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.monitoring.chart import LOGIN, case, one, pod, prometheus_config, rendered
from tests.harness import render
from tests.harness.objects import named
from tests.harness.policy.pod_security import violations

HOST: dict[str, Any] = {"nodeExporter": {"hostNetwork": True, "hostPID": True}}
EVERYTHING: dict[str, Any] = {"adapter": {"enabled": True}, **HOST}
RECEIVER: dict[str, Any] = {
    "receivers": [{"name": "team", "webhook": [{"url": "https://a.example.org"}]}],
    "route": {"receiver": "team"},
}


def test_only_node_exporter_is_not_restricted() -> None:
    against = {manifest.name for manifest, spec in rendered(EVERYTHING).pod_specs() if violations(spec)}
    assert against == {"demo-monitoring-node-exporter"}


def test_node_exporter_mounts_host_paths_and_uses_no_host_namespace_by_default() -> None:
    spec = pod("DaemonSet", "node-exporter")
    assert violations(spec) == [f"volume {name} must not be of type hostPath" for name in ("proc", "sys", "root")]
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)


def test_node_exporter_has_read_only_access_to_its_host() -> None:
    spec = pod("DaemonSet", "node-exporter", HOST)
    (container,) = spec["containers"]
    mounts = container["volumeMounts"]
    assert {mount["name"] for mount in mounts} == {"proc", "sys", "root"}
    assert all(mount["readOnly"] is True for mount in mounts)
    security = {**spec["securityContext"], **container["securityContext"]}
    assert security["runAsNonRoot"] is True
    assert security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {"drop": ["ALL"]}


def test_without_host_network_node_exporter_has_no_network_collectors() -> None:
    def flags(values: dict[str, Any]) -> list[str]:
        return [str(flag) for flag in pod("DaemonSet", "node-exporter", values)["containers"][0]["args"]]

    # They would export the pod's network interfaces as the node's.
    assert "--no-collector.netdev" in flags({})
    assert "--no-collector.netdev" not in flags(HOST)


@pytest.mark.parametrize(
    ("component", "values"),
    [
        ("prometheus", {"prometheus": {"scrape": {"annotatedPods": True}}}),
        ("prometheus", {"alerts": {"HighCPUUsage": {"for": "10m"}}}),
        ("prometheus", {"prometheus": {"remoteWrite": [{"url": "https://a.example.org"}]}}),
        ("alertmanager", {"alertmanager": RECEIVER}),
        ("grafana", {"dashboards": {"annotations": {"grafana_folder": "Other"}}}),
    ],
    ids=str,
)
def test_reloaded_configuration_does_not_restart_pods(component: str, values: dict[str, Any]) -> None:
    before, after = (one("StatefulSet", component, each).pod_template() for each in ({}, values))
    assert before == after


@pytest.mark.parametrize(
    ("component", "before", "after"),
    [
        # The reloader cannot authenticate.
        ("alertmanager", {"alertmanager": LOGIN}, {"alertmanager": {**LOGIN, **RECEIVER}}),
        ("grafana", {}, {"grafana": {"config": {"users": {"default_theme": "light"}}}}),
    ],
)
def test_configuration_that_is_read_at_startup_restarts_pods(
    component: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    was, now = (one("StatefulSet", component, values).pod_template() for values in (before, after))
    assert was != now


@pytest.mark.parametrize("component", ["prometheus", "alertmanager"])
def test_probes_open_a_connection_if_authentication_is_enabled(component: str) -> None:
    def handlers(values: dict[str, Any]) -> set[str]:
        container = named(pod("StatefulSet", component, values)["containers"], component)
        probes = (container[probe] for probe in ("startupProbe", "livenessProbe", "readinessProbe"))
        return {way for probe in probes for way in probe if way in ("httpGet", "tcpSocket")}

    assert handlers({}) == {"httpGet"}
    assert handlers({component: LOGIN}) == {"tcpSocket"}, "the kubelet cannot authenticate to an HTTP endpoint"


def test_disruption_budgets_exist_only_for_several_replicas() -> None:
    # A budget for a single pod would block node drains.
    assert not rendered().of_kind("PodDisruptionBudget")
    two = {name: {"replicaCount": 2} for name in ("prometheus", "alertmanager")}
    budgets = {
        budget.name
        for budget in rendered({**two, "adapter": {"enabled": True, "replicaCount": 2}}).of_kind("PodDisruptionBudget")
    }
    assert budgets == {f"demo-monitoring-{name}" for name in ("prometheus", "alertmanager", "adapter")}


def test_prometheus_discovers_only_the_alertmanager_of_its_release() -> None:
    (asked,) = prometheus_config()["alerting"]["alertmanagers"]
    (found,) = asked["kubernetes_sd_configs"]
    assert found["namespaces"] == {"names": ["serving"]}
    assert "app.kubernetes.io/instance=demo" in found["selectors"][0]["label"]


def test_data_without_persistence_has_a_size_limit() -> None:
    values = {"prometheus": {"persistence": {"enabled": False, "size": "30Gi"}}}
    manifest = render(case(values)).one("StatefulSet", "demo-monitoring-prometheus")
    assert "volumeClaimTemplates" not in manifest.spec
    assert named(pod("StatefulSet", "prometheus", values)["volumes"], "data") == {
        "name": "data",
        "emptyDir": {"sizeLimit": "30Gi"},
    }
