"""The checks of the harness fail on bad input. A check that accepts everything proves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import Manifests
from tests.harness.frozen import unfreeze
from tests.harness.manifests import parse
from tests.harness.policy.pod_security import violations
from tests.harness.schemas import newest_version, problems

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: good}
spec:
  selector: {matchLabels: {app: good}}
  template:
    metadata: {labels: {app: good}}
    spec:
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: server
          image: server:1
          imagePullPolicy: Always
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
"""


def deployment() -> Any:
    return parse(DEPLOYMENT)


@pytest.mark.parametrize("version", ["1.35", newest_version()])
def test_a_valid_object_has_no_problems(version: str) -> None:
    assert problems(deployment(), version) == []


@pytest.mark.parametrize("version", ["1.35", newest_version()])
def test_a_misspelled_nested_field_is_reported(version: str) -> None:
    body = deployment()
    container = body["spec"]["template"]["spec"]["containers"][0]
    container["imagePullPolic"] = container.pop("imagePullPolicy")
    found = problems(body, version)
    assert len(found) == 1
    assert found[0].startswith("spec.template.spec.containers.0: ")
    assert "imagePullPolic" in found[0]


def test_a_value_of_the_wrong_type_is_reported() -> None:
    body = deployment()
    body["spec"]["replicas"] = "three"
    assert [text.split(":")[0] for text in problems(body, "1.35")] == ["spec.replicas"]


def test_an_api_version_that_is_not_served_is_refused() -> None:
    with pytest.raises(LookupError, match=r"no Deployment in apps/v1beta1"):
        problems({**deployment(), "apiVersion": "apps/v1beta1"}, "1.35")


def test_a_kubernetes_version_without_schemas_is_refused() -> None:
    with pytest.raises(LookupError, match=r"no schemas of Kubernetes 1\.1, only of .*v1\.35"):
        problems(deployment(), "1.1")


def test_a_restricted_pod_has_no_violations() -> None:
    assert violations(deployment()["spec"]["template"]["spec"]) == []


@pytest.mark.parametrize(
    ("pod", "container", "text"),
    [
        ({"hostPID": True}, {}, "hostPID must not be set"),
        ({"volumes": [{"name": "v", "hostPath": {}}]}, {}, "volume v must not be of type hostPath"),
        ({"securityContext": {"runAsUser": 0}}, {}, "server: runAsUser must not be 0"),
        ({"securityContext": {"runAsNonRoot": None}}, {}, "server: runAsNonRoot must be true"),
        ({"securityContext": {"seccompProfile": None}}, {}, "server: seccompProfile.type must be"),
        ({}, {"privileged": True}, "server: privileged must not be true"),
        ({}, {"allowPrivilegeEscalation": None}, "server: allowPrivilegeEscalation must be false"),
        ({}, {"capabilities": {}}, "server: capabilities.drop must contain ALL"),
        (
            {},
            {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}},
            "server: capabilities.add must contain nothing but",
        ),
    ],
)
def test_violations_of_restricted_are_reported(pod: dict[str, Any], container: dict[str, Any], text: str) -> None:
    spec = deployment()["spec"]["template"]["spec"]
    for key, value in pod.items():
        spec[key] = {**spec.get(key, {}), **value} if isinstance(value, dict) else value
    spec["containers"][0]["securityContext"] |= container
    found = violations(spec)
    assert any(line.startswith(text) for line in found), f"{text!r} is not in {found}"


def test_a_duplicate_key_is_refused() -> None:
    with pytest.raises(Exception, match="duplicate key 'a'"):
        parse("{a: 1, b: 2, a: 3}")


def test_a_duplicate_object_is_refused() -> None:
    with pytest.raises(ValueError, match="is rendered twice"):
        Manifests(f"{DEPLOYMENT}\n---\n{DEPLOYMENT}")


def test_rendered_objects_are_immutable() -> None:
    manifest = Manifests(DEPLOYMENT).one("Deployment")
    with pytest.raises(TypeError, match="change a copy"):
        manifest.body["metadata"]["name"] = "other"
    with pytest.raises(TypeError, match="change a copy"):
        manifest.spec["template"]["spec"]["containers"].append({})
    copy = unfreeze(manifest.body)
    copy["metadata"]["name"] = "other"
    assert manifest.name == "good"


def test_a_missing_object_is_reported_with_the_rendered_ones() -> None:
    with pytest.raises(LookupError, match=r"0 objects match Service, expected one\. Rendered: Deployment/good"):
        Manifests(DEPLOYMENT).one("Service")
