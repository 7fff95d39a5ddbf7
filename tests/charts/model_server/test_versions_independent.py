"""Versions are independent, and the migration from one version to several loses no request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, SHA256, VALUES_FILES, file_case, one, rendered
from tests.harness import Case, Manifests, render
from tests.harness.upgrade import Severity, findings

Objects = dict[tuple[str, str], Any]

PLAIN = [path for path in VALUES_FILES if "versions" not in file_case(path).values]
DOWNLOAD = {"type": "download", "download": {"url": "http://models:81/a.tar", "sha256": SHA256, "allowHttp": True}}
FIRST: dict[str, Any] = {"name": 1, "autoscaling": {"enabled": True, "minReplicas": 2}}
SECOND: dict[str, Any] = {"name": "candidate", "model": {"version": 2}}
THIRD: dict[str, Any] = {"name": "stored", "model": {"source": DOWNLOAD}, "replicaCount": 1}


def objects(*versions: dict[str, Any], **values: Any) -> Objects:
    """Return all objects of these versions."""
    return {(each.kind, each.name): each.body for each in rendered({"versions": list(versions), **values})}


def of_version(some: Objects, name: str) -> Objects:
    """Return the objects of one version."""
    return {key: body for key, body in some.items() if body["metadata"]["labels"].get("version") == name}


CHANGES: list[dict[str, Any]] = [
    {"image": {"tag": "9"}},
    {"model": {"version": 7, "name": "other", "path": "/other"}},
    {"model": {"source": DOWNLOAD}},
    {"server": {"logLevel": "debug", "drainSeconds": 1}},
    {"replicaCount": 9, "minReadySeconds": 9, "strategy": {"type": "Recreate"}},
    {"resources": {"limits": {"memory": "9Gi"}}, "gpu": {"count": 1}},
    {"probes": {"startup": {"periodSeconds": 9}}, "terminationGracePeriodSeconds": 99},
    {"autoscaling": {"enabled": True, "behavior": {"scaleUp": {"stabilizationWindowSeconds": 9}}}},
    {"podDisruptionBudget": {"enabled": False}, "podLabels": {"a": "b"}, "podAnnotations": {"a": "b"}},
    {"tolerations": [{"operator": "Exists"}], "nodeSelector": {"a": "b"}, "affinity": {"nodeAffinity": {}}},
    {"extraEnv": [{"name": "A", "value": "b"}], "sidecars": [{"name": "a", "image": "b"}]},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: ", ".join(change))
def test_changing_a_version_changes_no_other(change: dict[str, Any]) -> None:
    before = objects(FIRST, SECOND, THIRD)
    after = objects(FIRST, {**SECOND, **change}, THIRD)
    assert of_version(before, "candidate") != of_version(after, "candidate"), "the change must have an effect"
    for name in ("1", "stored"):
        assert of_version(before, name) == of_version(after, name), f"version {name} changed with another one"


def test_adding_a_version_changes_no_object() -> None:
    before, after = objects(FIRST), objects(FIRST, SECOND)
    assert {key: after[key] for key in before} == before
    assert set(after) - set(before) == set(of_version(after, "candidate"))


@pytest.mark.parametrize("gone", ["1", "candidate", "stored"])
def test_removing_a_version_changes_no_other(gone: str) -> None:
    versions = [FIRST, SECOND, THIRD]
    before = objects(*versions)
    after = objects(*[version for version in versions if str(version["name"]) != gone])
    kept = {key: body for key, body in before.items() if key not in of_version(before, gone)}
    if gone == "stored":
        # The policy no longer allows the port of the removed download.
        policy = ("NetworkPolicy", FULLNAME)
        assert len(kept.pop(policy)["spec"]["egress"]) > len(after.pop(policy)["spec"]["egress"])
    assert after == kept


def test_order_of_versions_has_no_effect() -> None:
    other = {"name": "other", "model": {"source": {**DOWNLOAD, "download": {"url": "s3://a/b.tar", "sha256": SHA256}}}}
    versions = [FIRST, SECOND, THIRD, other]
    assert objects(*versions) == objects(*reversed(versions))


@pytest.mark.parametrize("scaler", ["autoscaling", "keda"])
def test_unversioned_pods_are_not_scaled_alongside_versions(scaler: str) -> None:
    kind = {"autoscaling": "HorizontalPodAutoscaler", "keda": "ScaledObject"}[scaler]
    scaling: Any = {"enabled": True}
    if scaler == "keda":
        scaling["triggers"] = [{"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}]
    manifests = rendered({"versions": [{"name": 1}], "keepUnversioned": True, scaler: scaling})
    # An autoscaler counts all pods that its Deployment selects, here also those of the versions.
    assert {each.name for each in manifests.of_kind(kind)} == {f"{FULLNAME}-1"}
    assert "replicas" not in manifests.one("Deployment", FULLNAME).spec


def test_budget_of_unversioned_pods_does_not_select_versions() -> None:
    values = {"versions": [{"name": 1}], "keepUnversioned": True}
    selector = one("PodDisruptionBudget", values, FULLNAME).spec["selector"]
    assert selector["matchExpressions"] == [{"key": "app.kubernetes.io/component", "operator": "DoesNotExist"}]
    assert "matchExpressions" not in one("PodDisruptionBudget").spec["selector"]


# Each version has its own ConfigMap, if that is the source of the model.
STEPS: list[dict[str, Any]] = [{"name": 1}, {"name": 2}]
STEPS_OF_CONFIGMAPS: list[dict[str, Any]] = [
    {"name": 1},
    {"name": 2, "model": {"source": {"configMap": {"name": "the-second-one"}}}},
]


class TestFromOneVersionToSeveral:
    """The migration of every values file without versions to two of them."""

    @pytest.fixture(params=PLAIN, ids=lambda path: path.stem)
    def given(self, request: pytest.FixtureRequest) -> Case:
        return file_case(request.param)

    @pytest.fixture
    def alone(self, given: Case) -> Manifests:
        return render(given)

    @pytest.fixture
    def steps(self, given: Case) -> list[dict[str, Any]]:
        source = given.values.get("model", {}).get("source", {})
        return STEPS_OF_CONFIGMAPS if source.get("type") == "configMap" else STEPS

    @pytest.fixture
    def alongside(self, given: Case, steps: list[dict[str, Any]]) -> Manifests:
        return render(given.with_values({"versions": steps, "keepUnversioned": True}))

    @pytest.fixture
    def only(self, given: Case, steps: list[dict[str, Any]]) -> Manifests:
        return render(given.with_values({"versions": steps, "keepUnversioned": False}))

    def test_first_step_only_adds(self, alone: Manifests, alongside: Manifests) -> None:
        scalers = {key for key in alone.keys if key[0] in ("HorizontalPodAutoscaler", "ScaledObject")}
        assert alone.keys - scalers <= alongside.keys, "pods must not be removed before their replacements are ready"
        wrong = [each for each in findings(alone, alongside) if each.severity != Severity.REMOVES]
        assert not wrong, "the serving pods must not change:\n" + "\n".join(map(str, wrong))

    def test_second_step_removes_only_the_unversioned_pods(self, alongside: Manifests, only: Manifests) -> None:
        gone = alongside.keys - only.keys
        assert len({name for _, name in gone}) == 1, (
            f"removes objects that are not of the unversioned pods: {sorted(gone)}"
        )
        assert {"Deployment"} <= {kind for kind, _ in gone} <= {"Deployment", "ConfigMap", "PodDisruptionBudget"}
        assert only.keys <= alongside.keys
        wrong = [each for each in findings(alongside, only) if each.severity != Severity.REMOVES]
        assert not wrong, "the pods of the versions must not change:\n" + "\n".join(map(str, wrong))

    def test_no_step_changes_the_entry_points(self, alone: Manifests, alongside: Manifests, only: Manifests) -> None:
        for kind in ("Service", "Ingress", "HTTPRoute", "ServiceMonitor", "PodMonitor"):
            for manifest in alone.of_kind(kind):
                for step in (alongside, only):
                    assert step.one(kind, manifest.name).body == manifest.body, f"{manifest} changes"
