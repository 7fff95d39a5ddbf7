"""Replicas, rollout strategy, autoscalers and disruption budgets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, one

TRIGGER = {
    "type": "prometheus",
    "metadata": {"query": 'sum(a{namespace="{{ .Release.Namespace }}"})', "threshold": "4"},
}
EXPANDED = {"type": "prometheus", "metadata": {"query": 'sum(a{namespace="serving"})', "threshold": "4"}}


def keda(**settings: Any) -> dict[str, Any]:
    """Return values that enable KEDA."""
    return {"keda": {"enabled": True, "triggers": [TRIGGER], **settings}}


@pytest.mark.parametrize(
    ("values", "replicas"),
    [
        ({}, 3),
        ({"replicaCount": 0}, 0),
        ({"replicaCount": None}, None),
        ({"autoscaling": {"enabled": True}}, None),
        (keda(), None),
    ],
)
def test_replicas_are_omitted_if_a_controller_scales(values: dict[str, Any], replicas: int | None) -> None:
    assert one("Deployment", values).spec.get("replicas") == replicas


def test_rolling_update_keeps_all_replicas() -> None:
    rolling = {"maxSurge": 1, "maxUnavailable": 0}
    assert one("Deployment").spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": rolling}


def test_recreate_has_no_rolling_update_settings() -> None:
    assert one("Deployment", {"strategy": {"type": "Recreate"}}).spec["strategy"] == {"type": "Recreate"}


@pytest.mark.parametrize(("ready", "history"), [(0, None), (7, 0), (1, 3)])
def test_rollout_settings_follow_the_values(ready: int, history: int | None) -> None:
    spec = one("Deployment", {"minReadySeconds": ready, "revisionHistoryLimit": history}).spec
    assert spec.get("minReadySeconds", 0) == ready
    assert spec.get("revisionHistoryLimit") == history
    assert spec["progressDeadlineSeconds"] == 600 + 300 + ready


def test_autoscaler_measures_only_the_servers_container() -> None:
    scaling = {"enabled": True, "minReplicas": 2, "maxReplicas": 9, "targetCPUUtilizationPercentage": 55}
    spec = one("HorizontalPodAutoscaler", {"autoscaling": scaling}).spec
    target = {"type": "Utilization", "averageUtilization": 55}
    resource = {"name": "cpu", "container": "model-server", "target": target}
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": FULLNAME}
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 9)
    assert spec["metrics"] == [{"type": "ContainerResource", "containerResource": resource}]
    assert set(spec["behavior"]) == {"scaleUp", "scaleDown"}


@pytest.mark.parametrize("by_cpu", [True, False])
def test_autoscaler_accepts_metrics_and_behavior(by_cpu: bool) -> None:
    metric = {"type": "Resource", "resource": {"name": "memory", "target": {"type": "{{ .Values.a | default `b` }}"}}}
    scaling = {
        "enabled": True,
        "extraMetrics": [metric],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 5}},
        **({} if by_cpu else {"targetCPUUtilizationPercentage": None}),
    }
    spec = one("HorizontalPodAutoscaler", {"autoscaling": scaling}).spec
    assert [each["type"] for each in spec["metrics"]] == (["ContainerResource"] if by_cpu else []) + ["Resource"]
    assert spec["metrics"][-1]["resource"]["target"] == {"type": "b"}
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 5


def test_keda_scales_the_deployment_by_triggers() -> None:
    spec = one("ScaledObject", keda()).spec
    behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    assert {key: spec[key] for key in spec if key != "advanced"} == {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": FULLNAME},
        "minReplicaCount": 1,
        "maxReplicaCount": 10,
        "pollingInterval": 30,
        "cooldownPeriod": 300,
        "triggers": [EXPANDED],
    }
    assert behavior == one("HorizontalPodAutoscaler", {"autoscaling": {"enabled": True}}).spec["behavior"]


def test_keda_scales_to_zero_and_falls_back() -> None:
    fallback = {"failureThreshold": 3, "replicas": 6}
    settings = {
        "minReplicaCount": 2,
        "maxReplicaCount": 1_000_000,
        "idleReplicaCount": 0,
        "pollingInterval": 5,
        "cooldownPeriod": 0,
        "fallback": fallback,
    }
    manifest = one("ScaledObject", keda(**settings, annotations={"a": "b"}))
    assert {key: manifest.spec[key] for key in settings} == settings
    assert manifest.annotations == {"a": "b"}


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        ({}, {"maxUnavailable": 1}),
        ({"maxUnavailable": 2}, {"maxUnavailable": 2}),
        ({"maxUnavailable": "25%"}, {"maxUnavailable": "25%"}),
        ({"minAvailable": "50%"}, {"minAvailable": "50%"}),
        ({"minAvailable": 0}, {"minAvailable": 0}),
    ],
)
def test_disruption_budget_has_one_number(budget: dict[str, Any], expected: dict[str, Any]) -> None:
    spec = one("PodDisruptionBudget", {"podDisruptionBudget": budget}).spec
    assert {key: spec[key] for key in spec if key.endswith("vailable")} == expected
    assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
