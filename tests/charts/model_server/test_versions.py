"""Several versions in one release: the objects of each, and how its values override the chart's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import (
    FULLNAME,
    case,
    config,
    names,
    one,
    pod,
    rendered,
    server,
    template,
)
from tests.harness import render
from tests.harness.field_paths import MISSING, get_field

TWO = {"versions": [{"name": 1}, {"name": "candidate", "replicaCount": 1}]}
KEDA = {
    "keda": {"enabled": True, "triggers": [{"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}]}
}
RELEASE_LABELS = {"app.kubernetes.io/name": "model-server", "app.kubernetes.io/instance": "demo"}


def of_version(name: str) -> str:
    return f"{FULLNAME}-{name}"


def labels_of_version(name: str) -> dict[str, str]:
    """Return the selector labels of one version."""
    return {**RELEASE_LABELS, "app.kubernetes.io/component": "version", "version": name}


@pytest.mark.parametrize(
    ("values", "kinds", "shared"),
    [
        ({}, ["ConfigMap", "Deployment", "PodDisruptionBudget"], set()),
        ({}, ["Service"], {FULLNAME}),
        ({"autoscaling": {"enabled": True}}, ["HorizontalPodAutoscaler"], set()),
        (KEDA, ["ScaledObject"], set()),
    ],
)
def test_each_version_has_its_own_objects(values: dict[str, Any], kinds: list[str], shared: set[str]) -> None:
    for kind in kinds:
        assert names(kind, {**TWO, **values}) == {of_version("1"), of_version("candidate")} | shared, kind


def test_other_objects_are_shared() -> None:
    shared = {key for key in rendered(TWO).keys if not key[1].endswith(("-1", "-candidate"))}
    assert shared == {
        ("NetworkPolicy", FULLNAME),
        ("Pod", f"{FULLNAME}-test"),
        ("Service", FULLNAME),
        ("ServiceAccount", FULLNAME),
    }


def test_one_version_can_have_an_autoscaler() -> None:
    values = {"versions": [{"name": 1}, {"name": 2, "autoscaling": {"enabled": True, "minReplicas": 1}}]}
    assert names("HorizontalPodAutoscaler", values) == {of_version("2")}
    assert one("HorizontalPodAutoscaler", values).spec["minReplicas"] == 1
    assert one("Deployment", values, of_version("1")).spec["replicas"] == 3
    assert "replicas" not in one("Deployment", values, of_version("2")).spec


def test_one_version_can_have_no_disruption_budget() -> None:
    values = {"versions": [{"name": 1}, {"name": 2, "podDisruptionBudget": {"enabled": False}}]}
    assert names("PodDisruptionBudget", values) == {of_version("1")}


@pytest.mark.parametrize("name", ["1", "candidate"])
def test_objects_of_a_version_have_and_select_its_label(name: str) -> None:
    manifests = rendered({**TWO, "autoscaling": {"enabled": True}})
    for kind in ("ConfigMap", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Service"):
        assert manifests.one(kind, of_version(name)).labels["version"] == name, kind
    deployment = manifests.one("Deployment", of_version(name)).spec
    assert deployment["selector"] == {"matchLabels": labels_of_version(name)}
    assert deployment["template"]["metadata"]["labels"] == {**labels_of_version(name), "app": FULLNAME}
    budget = manifests.one("PodDisruptionBudget", of_version(name)).spec
    assert budget["selector"] == {"matchLabels": labels_of_version(name)}
    spreads = deployment["template"]["spec"]["topologySpreadConstraints"]
    assert [spread["labelSelector"] for spread in spreads] == [{"matchLabels": labels_of_version(name)}]
    scaler = manifests.one("HorizontalPodAutoscaler", of_version(name)).spec
    assert scaler["scaleTargetRef"]["name"] == of_version(name)


def test_service_of_a_version_is_internal_and_has_the_stable_port() -> None:
    values = {
        **TWO,
        "service": {"type": "LoadBalancer", "port": 8000, "nodePort": 30080, "ipFamilyPolicy": "SingleStack"},
        "networkPolicy": {"enabled": False},
    }
    port = {"name": "http", "port": 8000, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}
    assert one("Service", values, of_version("1")).spec == {
        "type": "ClusterIP",
        "ipFamilyPolicy": "SingleStack",
        "ports": [port],
        "selector": labels_of_version("1"),
    }
    assert one("Service", values, FULLNAME).spec["type"] == "LoadBalancer"


@pytest.mark.parametrize("nginx", [False, True])
@pytest.mark.parametrize(
    ("chosen", "selected"), [("", {}), (1, {"version": "1"}), ("1", {"version": "1"}), ("candidate",) * 2]
)
def test_stable_service_selects_one_version_or_all(nginx: bool, chosen: Any, selected: Any) -> None:
    values = {**TWO, "service": {"version": chosen}, "nginx": {"enabled": nginx}}
    expected = {**RELEASE_LABELS, **({"version": selected} if isinstance(selected, str) else selected)}
    for name in [FULLNAME, f"{FULLNAME}-pods"] if nginx else [FULLNAME]:
        assert one("Service", values, name).spec["selector"] == expected, name


def test_switching_versions_changes_only_services() -> None:
    def objects_with(chosen: str) -> dict[tuple[str, str], Any]:
        values = {**TWO, "service": {"version": chosen}, "nginx": {"enabled": True}}
        return {(each.kind, each.name): each.body for each in rendered(values)}

    before, after = objects_with("1"), objects_with("candidate")
    assert before.keys() == after.keys()
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {("Service", FULLNAME), ("Service", f"{FULLNAME}-pods")}


@pytest.mark.parametrize(
    ("chart", "entry", "served"),
    [
        ("", {"name": 1}, "1"),
        ("", {"name": "1"}, "1"),
        ("", {"name": 10_000_000}, "10000000"),
        ("", {"name": 2**53 - 1}, "9007199254740991"),
        ("production", {"name": 1}, "1"),
        (3, {"name": 4}, "4"),
        ("", {"name": "candidate"}, None),
        ("production", {"name": "candidate"}, "production"),
        (3, {"name": "candidate"}, "3"),
        ("", {"name": "candidate", "model": {"version": 2}}, "2"),
        ("", {"name": 2, "model": {"version": "production"}}, "production"),
        ("", {"name": 2, "model": {"version": ""}}, None),
        ("", {"name": "007"}, None),
        ("", {"name": "1-blue"}, None),
    ],
)
def test_integer_name_is_the_default_model_version(chart: Any, entry: Any, served: Any) -> None:
    values = {"model": {"version": chart}, "versions": [entry]}
    name = of_version(str(entry["name"]))
    assert config(values, name).get("model_version") == served
    assert template(values, name)["metadata"]["labels"]["version"] == str(entry["name"]), "the label is the name"


# Values of the chart, values of the version, a path in the Deployment of the version and its expected content.
OVERLAID: list[tuple[dict[str, Any], dict[str, Any], str, Any]] = [
    # Maps are merged recursively.
    (
        {"resources": {"limits": {"memory": "1Gi", "example.org/a": 1}}},
        {"resources": {"limits": {"memory": "3Gi"}}},
        "pod.containers[model-server].resources",
        {"requests": {"cpu": "250m", "memory": "768Mi"}, "limits": {"memory": "3Gi", "example.org/a": 1}},
    ),
    (
        {"podLabels": {"a": "1", "b": "1"}},
        {"podLabels": {"b": "2"}},
        "spec.template.metadata.labels",
        {**labels_of_version("x"), "app": FULLNAME, "a": "1", "b": "2"},
    ),
    ({"nodeSelector": {"a": "1"}}, {"nodeSelector": {"b": "2"}}, "pod.nodeSelector", {"a": "1", "b": "2"}),
    # A map is unchanged if the entry omits it, or if it is empty there.
    ({"nodeSelector": {"a": "1"}}, {}, "pod.nodeSelector", {"a": "1"}),
    ({"nodeSelector": {"a": "1"}}, {"nodeSelector": {}}, "pod.nodeSelector", {"a": "1"}),
    # Lists are replaced, including by an empty list.
    (
        {"tolerations": [{"key": "a"}, {"key": "b"}]},
        {"tolerations": [{"key": "c"}]},
        "pod.tolerations",
        [{"key": "c"}],
    ),
    ({"tolerations": [{"key": "a"}]}, {"tolerations": []}, "pod.tolerations", MISSING),
    ({}, {"topologySpreadConstraints": []}, "pod.topologySpreadConstraints", MISSING),
    # false, 0, null and the empty string also override.
    ({"replicaCount": 5}, {"replicaCount": 0}, "spec.replicas", 0),
    ({"replicaCount": 5}, {"replicaCount": None}, "spec.replicas", MISSING),
    ({"minReadySeconds": 5}, {"minReadySeconds": 0}, "spec.minReadySeconds", MISSING),
    ({"priorityClassName": "high"}, {"priorityClassName": ""}, "pod.priorityClassName", MISSING),
    ({"autoscaling": {"enabled": True}}, {"autoscaling": {"enabled": False}}, "spec.replicas", 3),
    (
        {"gpu": {"count": 2}},
        {"gpu": {"count": 0}},
        "pod.containers[model-server].resources.limits[nvidia.com/gpu]",
        MISSING,
    ),
    (
        {"strategy": {"rollingUpdate": {"maxUnavailable": 1}}},
        {"strategy": {"rollingUpdate": {"maxSurge": 0}}},
        "spec.strategy.rollingUpdate",
        {"maxSurge": 0, "maxUnavailable": 1},
    ),
    # A section with a Kubernetes type and no default.
    ({}, {"affinity": {"nodeAffinity": {}}}, "pod.affinity", {"nodeAffinity": {}}),
    ({}, {"runtimeClassName": "nvidia"}, "pod.runtimeClassName", "nvidia"),
    ({}, {"image": {"tag": "9"}}, "pod.containers[model-server].image", "model-server:9"),
]


@pytest.mark.parametrize(("chart", "version", "path", "expected"), OVERLAID, ids=[row[2] for row in OVERLAID])
def test_values_of_a_version_override_the_charts(chart: Any, version: Any, path: str, expected: Any) -> None:
    deployment = one("Deployment", {**chart, "versions": [{"name": "x", **version}]}, of_version("x"))
    assert get_field(deployment, path) == expected


# The labels of a version's pods do not depend on its values.
ALIKE = [row[:3] for row in OVERLAID if "labels" not in row[2]]


@pytest.mark.parametrize(("chart", "version", "path"), ALIKE, ids=[row[2] for row in ALIKE])
def test_version_renders_values_like_the_chart(chart: Any, version: Any, path: str) -> None:
    alone = one("Deployment", case(chart).with_values(version).values, FULLNAME)
    listed = one("Deployment", {**chart, "versions": [{"name": "x", **version}]}, of_version("x"))
    assert get_field(listed, path) == get_field(alone, path)


CONTEXT = '{{ .Values.model.version }} of {{ .Release.Name }}, {{ include "model-server.fullname" . }}'
EXPANDED = f"2 of demo, {FULLNAME}"


@pytest.mark.parametrize(
    ("key", "value", "kind", "path"),
    [
        ("extraEnv", [{"name": "A", "value": CONTEXT}], "Deployment", "pod.containers[model-server].env[A].value"),
        ("extraVolumes", [{"name": CONTEXT, "emptyDir": {}}], "Deployment", f"pod.volumes[{EXPANDED}].name"),
        ("sidecars", [{"name": "a", "image": CONTEXT}], "Deployment", "pod.containers[a].image"),
        ("initContainers", [{"name": "a", "image": CONTEXT}], "Deployment", "pod.initContainers[a].image"),
        (
            "keda",
            {"enabled": True, "triggers": [{"type": "cron", "name": CONTEXT, "metadata": {}}]},
            "ScaledObject",
            f"spec.triggers[{EXPANDED}].name",
        ),
    ],
)
@pytest.mark.parametrize("said_by", ["the chart", "the version"])
def test_templates_in_values_read_the_versions_values(key: str, value: Any, kind: str, path: str, said_by: str) -> None:
    entry = {"name": 2, **({key: value} if said_by == "the version" else {})}
    values = {"versions": [{"name": 1}, entry], **({key: value} if said_by == "the chart" else {})}
    assert get_field(one(kind, values, of_version("2")), path) == EXPANDED


def test_versions_can_have_different_sources() -> None:
    download = {"type": "download", "download": {"url": "s3://models/2.tar.gz", "sha256": "b" * 64}}
    values = {"versions": [{"name": 1}, {"name": 2, "model": {"source": download}}]}
    assert "initContainers" not in pod(values, of_version("1"))
    assert [item["name"] for item in pod(values, of_version("2"))["initContainers"]] == ["pull-model"]
    assert server(values, of_version("1"))["image"] == server(values, of_version("2"))["image"]


def test_longest_version_name_is_valid() -> None:
    values = {"versions": [{"name": "v" * 40}], "fullnameOverride": "m" * 63}
    for manifest in render(case(values)):
        assert len(manifest.name) <= 63, str(manifest)


@pytest.mark.parametrize("place", [{}, {"versions": [{"name": "x"}]}], ids=["alone", "version"])
def test_templates_in_values_have_all_built_in_objects(place: dict[str, Any]) -> None:
    asked = "{{ .Capabilities.KubeVersion.Major }} {{ .Release.Name }} {{ .Chart.Name }} {{ .Subcharts | len }}"
    values = {"extraEnv": [{"name": "BUILT_IN", "value": asked}], **place}
    name = of_version("x") if place else FULLNAME
    assert server(values, name)["env"][-1] == {"name": "BUILT_IN", "value": "1 demo model-server 0"}
