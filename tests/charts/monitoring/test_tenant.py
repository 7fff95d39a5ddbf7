"""A release with rbac.scope namespace: no permissions in the cluster, and nothing that needs them."""

from __future__ import annotations

from typing import Any

from tests.charts.monitoring.chart import data, prometheus_config, rendered
from tests.harness.manifests import parse

TENANT: dict[str, Any] = {"rbac": {"scope": "namespace", "namespaces": ["models"]}}
# Alerts on series of nodes and kubelets. ExporterMissing looks for series of nodes.
OMITTED = {
    *("HighCPUUsage", "HighMemoryUsage", "DiskFilling", "DiskFullSoon", "NodeNotReady", "ExporterMissing"),
    *("PersistentVolumeFilling", "PersistentVolumeFullSoon"),
}
FILES = ("cluster", "model-alerts", "model-slo", "models", "monitoring")


def rules(values: dict[str, Any]) -> list[dict[str, Any]]:
    files = [parse(data("rules", f"{name}.yaml", values)) for name in FILES]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def test_a_tenant_has_no_cluster_scoped_object() -> None:
    manifests = rendered(TENANT)
    assert not [str(manifest) for manifest in manifests if not manifest.is_namespaced]
    for role in manifests.of_kind("Role"):
        for rule in role.body["rules"]:
            assert not {"namespaces", "nodes", "persistentvolumes", "storageclasses"} & set(rule["resources"]), role


def test_roles_are_bound_in_every_watched_namespace() -> None:
    for kind in ("Role", "RoleBinding"):
        found = {manifest.body["metadata"]["namespace"] for manifest in rendered(TENANT).of_kind(kind)}
        assert found == {"serving", "models"}


def test_a_tenant_has_only_alerts_that_can_fire() -> None:
    def alerts(values: dict[str, Any]) -> set[str]:
        return {rule["alert"] for rule in rules(values) if "alert" in rule}

    assert alerts({}) - alerts(TENANT) == OMITTED
    recorded = {rule["record"] for rule in rules({}) if "record" in rule}
    kept = {rule["record"] for rule in rules(TENANT) if "record" in rule}
    for rule in rules(TENANT):
        missing = [name for name in recorded - kept if name in rule["expr"]]
        assert not missing, f"{rule.get('alert', rule.get('record'))} reads {missing}, which a tenant does not record"


def test_prometheus_discovers_pods_in_the_watched_namespaces_only() -> None:
    jobs = prometheus_config({**TENANT, "prometheus": {"scrape": {"annotatedPods": True}}})["scrape_configs"]
    discovered = {job["job_name"]: job["kubernetes_sd_configs"][0] for job in jobs}
    assert not {"cadvisor", "kubelet", "node-exporter"} & set(discovered)
    for name in ("model-server", "annotated"):
        assert discovered[name] == {"role": "pod", "namespaces": {"names": ["serving", "models"]}}
    for name, found in discovered.items():
        assert found["role"] == "pod", f"{name} discovers objects of the cluster"
        assert found.get("namespaces"), f"{name} discovers pods in all namespaces"


def test_the_dashboard_of_the_nodes_is_omitted() -> None:
    with_dashboards: dict[str, Any] = {"dashboards": {"enabled": True}}
    names = [
        {each.name for each in rendered({**with_dashboards, **more}).of_kind("ConfigMap")} for more in ({}, TENANT)
    ]
    assert names[0] - names[1] == {"demo-monitoring-dashboard-cluster"}
