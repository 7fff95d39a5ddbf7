"""What each value does to the objects around the pods."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, case, one
from tests.harness import render

DEFAULT_OBJECTS = {
    ("ConfigMap", FULLNAME),
    ("Deployment", FULLNAME),
    ("Pod", f"{FULLNAME}-test"),
    ("PodDisruptionBudget", FULLNAME),
    ("Service", FULLNAME),
    ("ServiceAccount", FULLNAME),
}
HOST = {"host": "iris.example.org", "paths": [{"path": "/", "pathType": "Prefix"}]}


@pytest.mark.parametrize(
    ("values", "added", "removed"),
    [
        ({}, set(), set()),
        ({"ingress": {"enabled": True, "hosts": [HOST]}}, {"Ingress"}, set()),
        ({"autoscaling": {"enabled": True}}, {"HorizontalPodAutoscaler"}, set()),
        ({"secret": {"create": True, "stringData": {"a": "b"}}}, {"Secret"}, set()),
        ({"podDisruptionBudget": {"enabled": False}}, set(), {"PodDisruptionBudget"}),
        ({"serviceAccount": {"create": False}}, set(), {"ServiceAccount"}),
        ({"tests": {"enabled": False}}, set(), {"Pod"}),
    ],
)
def test_switches_add_and_remove_objects(values: Any, added: set[str], removed: set[str]) -> None:
    expected = {key for key in DEFAULT_OBJECTS if key[0] not in removed} | {(kind, FULLNAME) for kind in added}
    assert render(case(values)).keys == expected


@pytest.mark.parametrize(
    ("values", "replicas"),
    [
        ({}, 3),
        ({"replicaCount": 0}, 0),
        ({"replicaCount": None}, None),
        ({"autoscaling": {"enabled": True}}, None),
    ],
)
def test_replicas_are_left_to_whoever_scales(values: dict[str, Any], replicas: int | None) -> None:
    assert one("Deployment", values).spec.get("replicas") == replicas


def test_the_strategy_is_rolling_without_losing_a_pod() -> None:
    rolling = {"maxSurge": 1, "maxUnavailable": 0}
    assert one("Deployment").spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": rolling}


def test_a_strategy_of_recreate_takes_no_figures_along() -> None:
    assert one("Deployment", {"strategy": {"type": "Recreate"}}).spec["strategy"] == {"type": "Recreate"}


def test_the_service_leads_from_port_80_to_the_servers_port() -> None:
    spec = one("Service").spec
    assert spec["type"] == "ClusterIP"
    assert spec["ports"] == [
        {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}
    ]


def test_the_service_can_be_a_load_balancer() -> None:
    service = {
        "type": "LoadBalancer",
        "port": 8000,
        "nodePort": 30080,
        "annotations": {"a": "b"},
        "ipFamilyPolicy": "RequireDualStack",
        "ipFamilies": ["IPv4"],
        "loadBalancerClass": "example.org/lb",
        "loadBalancerSourceRanges": ["203.0.113.0/24"],
        "externalTrafficPolicy": "Local",
    }
    manifest = one("Service", {"service": service})
    assert manifest.annotations == {"a": "b"}
    ports = manifest.spec["ports"]
    assert (ports[0]["port"], ports[0]["nodePort"]) == (8000, 30080)
    unchanged = {key: service[key] for key in service if key not in ("port", "nodePort", "annotations")}
    assert {key: manifest.spec[key] for key in unchanged} == unchanged


def test_the_ingress_leads_every_path_to_the_service() -> None:
    paths = [{"path": "/a", "pathType": "Exact"}, {"path": "/b", "pathType": "Prefix"}]
    ingress = {
        "enabled": True,
        "className": "nginx",
        "annotations": {"a": "b"},
        "hosts": [{"host": "iris.example.org", "paths": paths}],
        "tls": [{"secretName": "iris-tls", "hosts": ["iris.example.org"]}],
    }
    manifest = one("Ingress", {"ingress": ingress})
    backend = {"service": {"name": FULLNAME, "port": {"name": "http"}}}
    rules = [{"host": "iris.example.org", "http": {"paths": [{**path, "backend": backend} for path in paths]}}]
    assert manifest.annotations == {"a": "b"}
    assert manifest.spec == {"ingressClassName": "nginx", "tls": ingress["tls"], "rules": rules}


def test_the_autoscaler_looks_at_the_servers_container_alone() -> None:
    scaling = {"enabled": True, "minReplicas": 2, "maxReplicas": 9, "targetCPUUtilizationPercentage": 55}
    spec = one("HorizontalPodAutoscaler", {"autoscaling": scaling}).spec
    target = {"type": "Utilization", "averageUtilization": 55}
    resource = {"name": "cpu", "container": "model-server", "target": target}
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": FULLNAME}
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 9)
    assert spec["metrics"] == [{"type": "ContainerResource", "containerResource": resource}]
    assert set(spec["behavior"]) == {"scaleUp", "scaleDown"}


def test_the_autoscaler_takes_more_metrics_and_another_behavior() -> None:
    metric = {"type": "Resource", "resource": {"name": "memory"}}
    scaling = {
        "enabled": True,
        "extraMetrics": [metric],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 5}},
    }
    spec = one("HorizontalPodAutoscaler", {"autoscaling": scaling}).spec
    assert spec["metrics"][1:] == [metric]
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 5


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        ({}, {"maxUnavailable": 1}),
        ({"maxUnavailable": 2}, {"maxUnavailable": 2}),
        ({"minAvailable": "50%"}, {"minAvailable": "50%"}),
        ({"minAvailable": 0}, {"minAvailable": 0}),
    ],
)
def test_the_budget_holds_one_number(budget: dict[str, Any], expected: dict[str, Any]) -> None:
    spec = one("PodDisruptionBudget", {"podDisruptionBudget": budget}).spec
    assert {key: spec[key] for key in spec if key.endswith("vailable")} == expected
    assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_the_service_account_has_annotations_and_no_token() -> None:
    manifest = one("ServiceAccount", {"serviceAccount": {"name": "other", "annotations": {"a": "b"}}})
    assert (manifest.name, manifest.annotations) == ("other", {"a": "b"})
    assert manifest.body["automountServiceAccountToken"] is False


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"nameOverride": "iris"}, "demo-iris"),
        ({"nameOverride": "demo"}, "demo"),
        ({"fullnameOverride": "iris"}, "iris"),
    ],
)
def test_names_can_be_replaced(values: dict[str, Any], name: str) -> None:
    assert one("Service", values).name == name
    assert one("HorizontalPodAutoscaler", {**values, "autoscaling": {"enabled": True}}).name == name


def test_the_namespace_can_be_replaced_everywhere() -> None:
    manifests = render(case({"namespaceOverride": "other"}))
    assert {manifest.body["metadata"]["namespace"] for manifest in manifests} == {"other"}


def test_common_labels_are_on_every_object() -> None:
    for manifest in render(case({"commonLabels": {"team": "fraud"}})):
        assert manifest.labels["team"] == "fraud", f"{manifest} lacks the common label"


def test_the_test_is_a_hook_that_leaves_nothing_behind_when_it_passes() -> None:
    assert one("Pod").annotations == {
        "helm.sh/hook": "test",
        "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
    }
    assert one("Pod").spec["restartPolicy"] == "Never"


def test_the_test_is_told_where_the_service_is_and_what_to_send() -> None:
    values = {"service": {"port": 81}, "tests": {"inputData": [[1.5, 2]], "timeoutSeconds": 9}}
    environment = {item["name"]: item["value"] for item in one("Pod", values).spec["containers"][0]["env"]}
    assert environment == {
        "SERVICE_HOST": f"{FULLNAME}.serving",
        "SERVICE_PORT": "81",
        "INPUT_DATA": "[[1.5,2]]",
        "TIMEOUT_SECONDS": "9",
    }
