"""The objects of a release, their names, and the objects that users add."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, NGINX, one, rendered
from tests.charts.model_server.guard_cases_release import ANYWHERE, INGRESS, ROUTE

DEFAULT = {
    ("ConfigMap", FULLNAME),
    ("Deployment", FULLNAME),
    ("NetworkPolicy", FULLNAME),
    ("Pod", f"{FULLNAME}-test"),
    ("PodDisruptionBudget", FULLNAME),
    ("Service", FULLNAME),
    ("ServiceAccount", FULLNAME),
}
TRIGGER = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}
NGINX_OBJECTS = {
    *((kind, NGINX) for kind in ("ConfigMap", "Deployment", "NetworkPolicy", "PodDisruptionBudget", "Service")),
    ("Service", f"{FULLNAME}-pods"),
}

SWITCHES: list[tuple[dict[str, Any], set[tuple[str, str]], set[str]]] = [
    ({}, set(), set()),
    ({"ingress": INGRESS, **ANYWHERE}, {("Ingress", FULLNAME)}, set()),
    ({"httpRoute": ROUTE, **ANYWHERE}, {("HTTPRoute", FULLNAME)}, set()),
    ({"nginx": {"enabled": True}}, NGINX_OBJECTS, set()),
    ({"autoscaling": {"enabled": True}}, {("HorizontalPodAutoscaler", FULLNAME)}, set()),
    ({"keda": {"enabled": True, "triggers": [TRIGGER]}}, {("ScaledObject", FULLNAME)}, set()),
    ({"secret": {"create": True, "stringData": {"a": "b"}}}, {("Secret", FULLNAME)}, set()),
    ({"podMonitor": {"enabled": True}}, {("PodMonitor", FULLNAME)}, set()),
    (
        {"serviceMonitor": {"enabled": True}},
        {("ServiceMonitor", FULLNAME), ("Service", f"{FULLNAME}-metrics")},
        set(),
    ),
    ({"podDisruptionBudget": {"enabled": False}}, set(), {"PodDisruptionBudget"}),
    ({"networkPolicy": {"enabled": False}}, set(), {"NetworkPolicy"}),
    ({"serviceAccount": {"create": False}}, set(), {"ServiceAccount"}),
    ({"tests": {"runner": "none"}}, set(), {"Pod"}),
    ({"tests": {"runner": "argocd"}}, {("Job", f"{FULLNAME}-test")}, {"Pod"}),
]


@pytest.mark.parametrize(
    ("values", "added", "removed"), SWITCHES, ids=lambda part: ", ".join(sorted(map(str, part)))[:40]
)
def test_switches_add_and_remove_objects(values: Any, added: set[tuple[str, str]], removed: set[str]) -> None:
    assert rendered(values).keys == {key for key in DEFAULT if key[0] not in removed} | added


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"nameOverride": "iris"}, "demo-iris"),
        ({"nameOverride": "demo"}, "demo"),
        ({"fullnameOverride": "iris"}, "iris"),
        ({"fullnameOverride": "iris", "nameOverride": "other"}, "iris"),
    ],
)
def test_names_can_be_overridden(values: dict[str, Any], name: str) -> None:
    assert one("Service", values).name == name
    assert one("HorizontalPodAutoscaler", {**values, "autoscaling": {"enabled": True}}).name == name
    assert one("Pod", values).name == f"{name}-test"


def test_name_override_is_in_selectors_and_labels() -> None:
    labels = {"app.kubernetes.io/name": "iris", "app.kubernetes.io/instance": "demo"}
    manifest = one("Deployment", {"nameOverride": "iris"})
    assert manifest.spec["selector"]["matchLabels"] == labels
    assert labels.items() <= manifest.labels.items()


def test_extra_objects_are_maps_or_strings_with_templates() -> None:
    a_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-map"}}
    a_text = """
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-text
  labels:
    {{- include "model-server.labels" . | nindent 4 }}
data:
  replicas: {{ .Values.replicaCount | quote }}
"""
    manifests = rendered({"extraObjects": [a_map, a_text]})
    assert manifests.one("ConfigMap", "demo-map").body == {**a_map, "metadata": {"name": "demo-map"}}
    text = manifests.one("ConfigMap", "demo-text")
    assert text.body["data"] == {"replicas": "3"}
    assert text.labels["app.kubernetes.io/instance"] == "demo"
    assert manifests.keys == DEFAULT | {("ConfigMap", "demo-map"), ("ConfigMap", "demo-text")}
