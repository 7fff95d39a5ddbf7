"""The effects of an upgrade, derived from two renderings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Manifests
from tests.harness.manifests import parse
from tests.harness.upgrade import Finding, Severity, findings
from tests.harness.upgrade.exceptions import read
from tests.harness.upgrade.immutable import quantity

Change = Callable[[Any], object]

OBJECTS = {
    "Deployment": """
        apiVersion: apps/v1
        spec:
          replicas: 2
          selector: {matchLabels: {app: it}}
          template: {metadata: {labels: {app: it}}, spec: {containers: [{name: a, image: "a:1", args: [x]}]}}
        """,
    "DaemonSet": """
        apiVersion: apps/v1
        spec:
          selector: {matchLabels: {app: it}}
          template: {metadata: {labels: {app: it}}, spec: {containers: [{name: a, image: "a:1"}]}}
        """,
    "StatefulSet": """
        apiVersion: apps/v1
        spec:
          replicas: 2
          serviceName: it
          selector: {matchLabels: {app: it}}
          template: {metadata: {labels: {app: it}}, spec: {containers: [{name: a, image: "a:1"}]}}
          volumeClaimTemplates:
            - {metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
        """,
    "Job": """
        apiVersion: batch/v1
        spec: {completions: 1, parallelism: 1, template: {spec: {containers: [{name: a, image: "a:1"}]}}}
        """,
    "CronJob": """
        apiVersion: batch/v1
        spec: {schedule: "@daily", jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: "a:1"}]}}}}}
        """,
    "PersistentVolumeClaim": """
        apiVersion: v1
        spec: {accessModes: [ReadWriteOnce], storageClassName: fast, resources: {requests: {storage: 10Gi}}}
        """,
    "Service": """
        apiVersion: v1
        spec: {type: LoadBalancer, ipFamilies: [IPv4], selector: {app: it}, ports: [{port: 80}]}
        """,
    "RoleBinding": "{apiVersion: rbac.authorization.k8s.io/v1, roleRef: {kind: Role, name: a}, subjects: []}",
    "ClusterRoleBinding": "{apiVersion: rbac.authorization.k8s.io/v1, roleRef: {kind: ClusterRole, name: a}}",
    "ConfigMap": "{apiVersion: v1, data: {a: b}}",
    "Secret": "{apiVersion: v1, immutable: true, stringData: {a: b}}",
    "StorageClass": "{apiVersion: storage.k8s.io/v1, provisioner: a, parameters: {type: ssd}}",
    "PriorityClass": "{apiVersion: scheduling.k8s.io/v1, value: 1000}",
    "IngressClass": "{apiVersion: networking.k8s.io/v1, spec: {controller: a}}",
    "NetworkPolicy": "{apiVersion: networking.k8s.io/v1, spec: {podSelector: {}}}",
    "Ingress": "{apiVersion: networking.k8s.io/v1, spec: {rules: [{host: a}]}}",
}


def body(kind: str, name: str = "it", **metadata: Any) -> Any:
    content = parse(OBJECTS[kind])
    return {**content, "kind": kind, "metadata": {"name": name, "namespace": "serving", **metadata}}


def manifests(*bodies: Any) -> Manifests:
    return Manifests("\n---\n".join(json.dumps(each) for each in bodies))


def effects(before: list[Any], after: list[Any]) -> list[tuple[Severity, str, str]]:
    found = findings(manifests(*before), manifests(*after))
    assert all(finding.problem.endswith(".") and finding.remedy.endswith(".") for finding in found)
    return [(finding.severity, finding.object, finding.path) for finding in found]


def changed(kind: str, change: Change) -> list[tuple[Severity, str, str]]:
    after = body(kind)
    change(after)
    return effects([body(kind)], [after])


def spec(**fields: Any) -> Change:
    return lambda it: it["spec"].update(fields)


def container(**fields: Any) -> Change:
    return lambda it: it["spec"]["template"]["spec"]["containers"][0].update(fields)


@pytest.mark.parametrize("kind", OBJECTS)
def test_an_unchanged_object_has_no_findings(kind: str) -> None:
    assert effects([body(kind)], [body(kind)]) == []


SELECTOR = spec(selector={"matchLabels": {"app": "other"}})
CLAIM_TEMPLATE = {"metadata": {"name": "data", "labels": {"version": "2"}}, "spec": {}}


@pytest.mark.parametrize(
    ("kind", "change", "path"),
    [
        ("Deployment", SELECTOR, "spec.selector"),
        ("DaemonSet", SELECTOR, "spec.selector"),
        ("StatefulSet", SELECTOR, "spec.selector"),
        ("StatefulSet", spec(serviceName="other"), "spec.serviceName"),
        ("StatefulSet", spec(podManagementPolicy="Parallel"), "spec.podManagementPolicy"),
        ("StatefulSet", spec(volumeClaimTemplates=[CLAIM_TEMPLATE]), "spec.volumeClaimTemplates"),
        ("Job", container(image="a:2"), "spec.template"),
        ("Job", spec(completions=2), "spec.completions"),
        ("Job", spec(selector={"matchLabels": {"a": "b"}}), "spec.selector"),
        ("Job", spec(completionMode="Indexed"), "spec.completionMode"),
        ("PersistentVolumeClaim", spec(storageClassName="slow"), "spec.storageClassName"),
        ("PersistentVolumeClaim", lambda it: it["spec"].pop("storageClassName"), "spec.storageClassName"),
        ("PersistentVolumeClaim", spec(accessModes=["ReadWriteMany"]), "spec.accessModes"),
        ("PersistentVolumeClaim", spec(volumeMode="Block"), "spec.volumeMode"),
        (
            "PersistentVolumeClaim",
            spec(resources={"requests": {"storage": "9Gi"}}),
            "spec.resources.requests.storage",
        ),
        ("Service", spec(clusterIP="None"), "spec.clusterIP"),
        ("Service", spec(ipFamilies=["IPv6"]), "spec.ipFamilies"),
        ("Service", spec(loadBalancerClass="other"), "spec.loadBalancerClass"),
        ("RoleBinding", lambda it: it.update(roleRef={"kind": "Role", "name": "b"}), "roleRef"),
        ("ClusterRoleBinding", lambda it: it.update(roleRef={"kind": "ClusterRole", "name": "b"}), "roleRef"),
        ("Secret", lambda it: it.update(stringData={"a": "c"}), "stringData"),
        ("Secret", lambda it: it.pop("immutable"), "immutable"),
        ("Secret", lambda it: it.update(type="kubernetes.io/tls"), "type"),
        ("StorageClass", lambda it: it.update(parameters={"type": "disk"}), "parameters"),
        ("StorageClass", lambda it: it.update(provisioner="b"), "provisioner"),
        ("StorageClass", lambda it: it.update(reclaimPolicy="Retain"), "reclaimPolicy"),
        ("PriorityClass", lambda it: it.update(value=2000), "value"),
        ("IngressClass", spec(controller="b"), "spec.controller"),
        ("Deployment", lambda it: it["spec"].pop("replicas"), "spec.replicas"),
        ("StatefulSet", spec(replicas=None), "spec.replicas"),
    ],
)
def test_a_change_of_an_immutable_field_breaks(kind: str, change: Change, path: str) -> None:
    assert changed(kind, change) == [(Severity.BREAKS, f"{kind}/it", path)]


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("StatefulSet", spec(podManagementPolicy="OrderedReady")),
        ("StatefulSet", spec(minReadySeconds=5)),
        ("Deployment", spec(replicas=3)),
        ("Deployment", spec(replicas=0)),
        ("Deployment", spec(minReadySeconds=5)),
        ("Deployment", lambda it: it["metadata"].update(labels={"version": "2"})),
        ("Job", spec(parallelism=2)),
        ("Job", spec(completionMode="NonIndexed")),
        ("CronJob", spec(schedule="@hourly")),
        ("CronJob", spec(jobTemplate={})),
        ("PersistentVolumeClaim", spec(resources={"requests": {"storage": "0.02Ti"}})),
        ("PersistentVolumeClaim", spec(resources={"requests": {"storage": "10240Mi"}})),
        ("PersistentVolumeClaim", spec(volumeMode="Filesystem")),
        ("Service", spec(ports=[{"port": 8080}])),
        ("Service", spec(type="ClusterIP", loadBalancerClass=None)),
        ("Service", spec(type="ExternalName", clusterIP="None")),
        ("Service", spec(ipFamilies=["IPv4", "IPv6"])),
        ("RoleBinding", lambda it: it.update(subjects=[{"kind": "User", "name": "a"}])),
        ("ConfigMap", lambda it: it.update(data={"a": "c"})),
        ("Secret", lambda it: it.update(type="Opaque")),
        ("PriorityClass", lambda it: it.update(preemptionPolicy="PreemptLowerPriority")),
        ("Ingress", spec(rules=[{"host": "b"}])),
    ],
)
def test_other_changes_have_no_findings(kind: str, change: Change) -> None:
    assert changed(kind, change) == []


@pytest.mark.parametrize("kind", ["StatefulSet", "PersistentVolumeClaim"])
def test_claims_of_another_name_are_empty(kind: str) -> None:
    found = findings(manifests(body(kind, "a")), manifests(body(kind, "b")))
    assert [(finding.severity, finding.path, finding.immutable) for finding in found] == [
        (Severity.BREAKS, "metadata.name", True)
    ]


def test_claims_do_not_move_to_another_namespace() -> None:
    before, after = body("StatefulSet"), body("StatefulSet", namespace="other")
    assert [finding.immutable for finding in findings(manifests(before), manifests(after))] == [True]


def test_hooks_are_not_compared() -> None:
    for annotation in ("helm.sh/hook", "argocd.argoproj.io/hook"):
        hook = body("Job", annotations={annotation: "a"})
        changed_hook = body("Job", annotations={annotation: "a"})
        container(image="a:2")(changed_hook)
        assert effects([hook], [changed_hook]) == []


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_a_changed_pod_template_rolls(kind: str) -> None:
    assert changed(kind, container(image="a:2")) == [(Severity.ROLLS, f"{kind}/it", "spec.template")]


def test_a_rollout_names_the_changed_fields() -> None:
    after = body("Deployment")
    after["spec"]["template"]["metadata"]["annotations"] = {"checksum": "1"}
    container(image="a:2", args=["x", "y"])(after)
    (finding,) = findings(manifests(body("Deployment")), manifests(after))
    expected = ("metadata.annotations", "spec.containers[0].args", "spec.containers[0].image")
    assert all(f"spec.template.{path}" in finding.problem for path in expected)


def test_pods_with_on_delete_do_not_roll() -> None:
    on_delete = spec(updateStrategy={"type": "OnDelete"})
    before, after = body("DaemonSet"), body("DaemonSet")
    for each in (before, after):
        on_delete(each)
    container(image="a:2")(after)
    assert effects([before], [after]) == []


def test_newly_set_replicas_override_an_autoscaler() -> None:
    before = body("Deployment")
    before["spec"].pop("replicas")
    assert effects([before], [body("Deployment")]) == [(Severity.BREAKS, "Deployment/it", "spec.replicas")]


@pytest.mark.parametrize("kind", ["Service", "ConfigMap", "PersistentVolumeClaim"])
def test_a_missing_object_is_removed(kind: str) -> None:
    assert effects([body(kind)], []) == [(Severity.REMOVES, f"{kind}/it", "")]


def test_a_renamed_object_is_removed() -> None:
    assert effects([body("Service")], [body("Service", "other")]) == [(Severity.REMOVES, "Service/it", "")]


@pytest.mark.parametrize("annotations", [{}, {"helm.sh/resource-policy": "keep"}], ids=["removed", "kept"])
def test_a_renamed_claim_loses_its_data(annotations: dict[str, str]) -> None:
    before = body("PersistentVolumeClaim", annotations=annotations)
    (finding,) = findings(manifests(before), manifests(body("PersistentVolumeClaim", "other")))
    assert (finding.severity, finding.path) == (Severity.BREAKS, "metadata.name")
    assert "other is new: pods get an empty volume" in finding.problem


def test_a_kept_object_is_not_removed() -> None:
    assert effects([body("ConfigMap", annotations={"helm.sh/resource-policy": "keep"})], []) == []


def test_a_moved_object_is_removed() -> None:
    after = body("Deployment", namespace="other")
    SELECTOR(after)
    assert effects([body("Deployment")], [after]) == [(Severity.REMOVES, "Deployment/it", "metadata.namespace")]


def test_another_api_group_is_another_object() -> None:
    after = {**body("Ingress"), "apiVersion": "extensions/v1"}
    assert effects([body("Ingress")], [after]) == [(Severity.REMOVES, "Ingress/it", "apiVersion")]
    assert effects([body("Ingress")], [{**body("Ingress"), "apiVersion": "networking.k8s.io/v2"}]) == []


HOOK = {"helm.sh/hook": "test"}


def test_hooks_are_not_part_of_a_release() -> None:
    assert effects([body("Job", annotations=HOOK)], []) == []
    after = body("Job", annotations=HOOK)
    container(image="a:2")(after)
    assert effects([body("Job", annotations=HOOK)], [after]) == []


def test_an_object_that_becomes_a_hook_is_removed() -> None:
    assert effects([body("Job")], [body("Job", annotations=HOOK)]) == [(Severity.REMOVES, "Job/it", "")]


def test_of_new_objects_only_a_network_policy_breaks() -> None:
    assert effects([], [body("Service"), body("PersistentVolumeClaim")]) == []
    assert effects([], [body("NetworkPolicy")]) == [(Severity.BREAKS, "NetworkPolicy/it", "spec")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("10", 10), (10, 10), (".5", 0.5), ("500m", 0.5), ("1k", 1000), (".5M", 500_000), ("1E", 10**18)),
        *(("1Ki", 1024), ("1.5Gi", 1.5 * 1024**3), ("1Ei", 1024**6), ("1e3", 1000), ("2E3", 2000)),
    ],
)
def test_quantities_are_parsed_as_in_kubernetes(text: str | int, number: float) -> None:
    assert quantity(text) == pytest.approx(number)


def test_an_invalid_quantity_is_refused() -> None:
    with pytest.raises(ValueError, match="'10 GB' is not a quantity"):
        quantity("10 GB")


EXCEPTIONS = """
findings:
  - {from: 0.1.0, object: Service/it-*, path: "", severity: removes, reason: It was never used.}
values:
  - {from: 0.1.0, file: a.yaml, add: {b: 1}, reason: It is required now.}
"""


@pytest.fixture
def exceptions(tmp_path: Path) -> Path:
    file = tmp_path / "upgrade_exceptions.yaml"
    file.write_text(EXCEPTIONS, encoding="utf-8")
    return file


def finding(severity: Severity, name: str) -> Finding:
    return Finding(severity, "Service", name, "", "It is so.", "Do that.")


def test_only_accepted_findings_pass(exceptions: Path) -> None:
    accepted, other = finding(Severity.REMOVES, "it-a"), finding(Severity.REMOVES, "other")
    broken, rolled = finding(Severity.BREAKS, "it-a"), finding(Severity.ROLLS, "other")
    assert read(exceptions, "0.1.0").forbidden([accepted, other, broken, rolled]) == [other, broken]
    assert read(exceptions, "0.1.0").values == {"a.yaml": {"b": 1}}


def test_accepted_findings_apply_to_one_version(exceptions: Path) -> None:
    removed = finding(Severity.REMOVES, "it-a")
    assert read(exceptions, "0.2.0").forbidden([removed]) == [removed]


def test_without_a_file_nothing_is_accepted(tmp_path: Path) -> None:
    removed = finding(Severity.REMOVES, "it-a")
    assert read(tmp_path / "gone.yaml", "0.1.0").forbidden([removed]) == [removed]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (", reason: It was never used.", ""),
        ("reason: It was never used.", 'reason: ""'),
        ("findings", "finding"),
        ("object: Service/it-*", "objekt: a"),
    ],
)
def test_an_invalid_exception_is_refused(exceptions: Path, old: str, new: str) -> None:
    exceptions.write_text(EXCEPTIONS.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match="Remedy"):
        read(exceptions, "0.1.0")
