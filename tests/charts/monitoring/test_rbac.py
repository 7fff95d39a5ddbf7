"""RBAC permissions of each service account, which never include Secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.charts.monitoring.chart import CHART_SPEC, FULLNAME, rendered
from tests.harness import Manifest, Manifests

Rules = list[dict[str, Any]]

EVERYTHING: dict[str, Any] = {"adapter": {"enabled": True}}
OF_KUBERNETES = ("system:auth-delegator", "extension-apiserver-authentication-reader")
READING = ["get", "list", "watch"]
# The rules of each account; strings are names of Kubernetes' built-in roles.
ALLOWED: dict[str, Any] = {
    "prometheus": [
        {"apiGroups": [""], "resources": ["nodes", "pods"], "verbs": READING},
        {"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]},
    ],
    "kube-state-metrics": [
        {
            "apiGroups": ["apps"],
            "resources": ["daemonsets", "deployments", "replicasets", "statefulsets"],
            "verbs": ["list", "watch"],
        },
        {"apiGroups": ["autoscaling"], "resources": ["horizontalpodautoscalers"], "verbs": ["list", "watch"]},
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["list", "watch"]},
        {
            "apiGroups": [""],
            "resources": ["namespaces", "nodes", "persistentvolumeclaims", "pods"],
            "verbs": ["list", "watch"],
        },
    ],
    "adapter": [
        {"apiGroups": [""], "resources": ["namespaces", "pods"], "verbs": READING},
        "system:auth-delegator",
        "extension-apiserver-authentication-reader",
    ],
    # The HorizontalPodAutoscaler controller, which reads the metrics of the adapter.
    "horizontal-pod-autoscaler": [
        {"apiGroups": ["custom.metrics.k8s.io"], "resources": ["*"], "verbs": ["get", "list"]},
    ],
}


def bindings(manifests: Manifests) -> list[Manifest]:
    return [*manifests.of_kind("ClusterRoleBinding"), *manifests.of_kind("RoleBinding")]


def allowed(manifests: Manifests) -> dict[str, list[Any]]:
    """Return the permissions of each account by the suffix of its name."""
    found: dict[str, list[Any]] = {}
    for binding in bindings(manifests):
        role = binding.body["roleRef"]
        for account in binding.body["subjects"]:
            own = found.setdefault(account["name"].removeprefix(f"{FULLNAME}-"), [])
            if role["name"] in OF_KUBERNETES:
                own.append(role["name"])
            else:
                own += [dict(rule) for rule in manifests.one(role["kind"], role["name"]).body["rules"]]
    return found


def test_accounts_have_exactly_the_expected_permissions() -> None:
    def plain(rules: Mapping[str, Any]) -> dict[str, list[str]]:
        return {name: sorted(map(str, each)) for name, each in rules.items()}

    assert plain(allowed(rendered(EVERYTHING))) == plain(ALLOWED)


def test_pods_without_permissions_have_no_token() -> None:
    manifests = rendered(EVERYTHING)
    for manifest, spec in manifests.pod_specs():
        account = spec.get("serviceAccountName", "").removeprefix(f"{FULLNAME}-")
        wanted = account in ALLOWED
        assert spec["automountServiceAccountToken"] is wanted, f"{manifest}: a token for {account} has no use"


def test_accounts_have_no_access_to_secrets_no_writes_and_no_wildcards(manifests: Manifests) -> None:
    for manifest in (*manifests.of_kind("ClusterRole"), *manifests.of_kind("Role")):
        for rule in manifest.body["rules"]:
            assert set(rule["verbs"]) <= set(READING), f"{manifest}: {rule}: nothing here writes"
            assert not {"secrets", "configmaps"} & set(rule["resources"]), f"{manifest}: {rule}"
            assert "*" not in rule["apiGroups"], f"{manifest}: {rule}: name the groups"
            assert "nonResourceURLs" not in rule, f"{manifest}: {rule}"
            # The names of custom metrics cannot be enumerated.
            is_metrics = rule["apiGroups"] == ["custom.metrics.k8s.io"]
            assert is_metrics or "*" not in rule["resources"], f"{manifest}: {rule}: name the resources"


@pytest.mark.parametrize("mode", ["operator", "rules-only"])
def test_modes_without_workloads_have_no_permissions(mode: str) -> None:
    manifests = rendered({"mode": mode})
    assert not bindings(manifests)
    assert not manifests.of_kind("ServiceAccount")


def test_kube_state_metrics_can_read_only_collected_resources() -> None:
    least = ["deployments", "horizontalpodautoscalers", "nodes", "persistentvolumeclaims", "pods", "replicasets"]
    found = allowed(rendered({"kubeStateMetrics": {"collect": [*least, "storageclasses"]}}))["kube-state-metrics"]
    assert [(rule["apiGroups"], rule["resources"]) for rule in found] == [
        (["apps"], ["deployments", "replicasets"]),
        (["autoscaling"], ["horizontalpodautoscalers"]),
        ([""], ["nodes", "persistentvolumeclaims", "pods"]),
        (["storage.k8s.io"], ["storageclasses"]),
    ]


def test_kube_state_metrics_can_read_every_collectable_resource() -> None:
    kinds = CHART_SPEC.leaves["kubeStateMetrics.collect"].schema["items"]["enum"]
    found = allowed(rendered({"kubeStateMetrics": {"collect": kinds}}))["kube-state-metrics"]
    assert sorted(name for rule in found for name in rule["resources"]) == sorted(kinds)
