"""The validation rules of the API server: each refuses invalid objects and accepts valid ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.harness import Manifests
from tests.harness.admission import violations
from tests.harness.case import merged

POD = {"containers": [{"name": "a", "volumeMounts": [{"name": "v", "mountPath": "/a"}]}], "volumes": [{"name": "v"}]}
DEPLOYMENT: dict[str, Any] = {
    "kind": "Deployment",
    "metadata": {"name": "a.b", "labels": {"example.org/a": "", "b": "A.1"}, "annotations": {"Example.org/A": "{}"}},
    "spec": {
        "strategy": {"rollingUpdate": {"maxSurge": "200%", "maxUnavailable": 0}},
        "selector": {"matchLabels": {"app": "a"}},
        "template": {"metadata": {"labels": {"app": "a"}}, "spec": POD},
    },
}


def found(over: dict[str, Any], body: dict[str, Any] = DEPLOYMENT) -> list[str]:
    (manifest,) = Manifests(json.dumps(merged(body, over)))
    return list(violations(manifest))


def test_valid_objects_pass() -> None:
    assert found({}) == []
    assert found({"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}) == []
    assert found({"spec": {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "1%"}}}}) == []


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ({"metadata": {"name": "a..b"}}, "metadata.name: 'a..b' is not a valid name"),
        ({"metadata": {"name": "a" * 254}}, f"metadata.name: '{'a' * 254}' is not a valid name"),
        ({"metadata": {"labels": {"b": "-"}}}, "metadata.labels: 'b': '-' is not a valid label"),
        ({"metadata": {"labels": {"b": "b" * 64}}}, f"metadata.labels: 'b': '{'b' * 64}' is not a valid label"),
        ({"metadata": {"labels": {"A/b": "b"}}}, "metadata.labels: 'A/b': 'b' is not a valid label"),
        ({"metadata": {"annotations": {"a..b/c": ""}}}, "metadata.annotations: 'a..b/c' is not a valid key"),
        ({"kind": "Service", "metadata": {"name": "1a"}}, "metadata.name: '1a' is not a valid name"),
        ({"kind": "Service", "metadata": {"name": "a.b"}}, "metadata.name: 'a.b' is not a valid name"),
        ({"kind": "Secret", "data": {"..": ""}}, "data: '..' is not a valid key"),
        ({"kind": "ConfigMap", "data": {"a b": ""}}, "data: 'a b' is not a valid key"),
        (
            {"spec": {"selector": {"matchLabels": {"tier": "a"}}}},
            "spec.selector: must match the labels of the pod template",
        ),
        (
            {"spec": {"strategy": {"rollingUpdate": {"maxSurge": "00%"}}}},
            "spec.strategy.rollingUpdate: maxSurge and maxUnavailable cannot both be 0",
        ),
        (
            {"spec": {"strategy": {"rollingUpdate": {"maxUnavailable": "101%"}}}},
            "maxUnavailable: 101% must be at most 100%",
        ),
        (
            {"kind": "PodDisruptionBudget", "spec": {"minAvailable": "101%"}},
            "minAvailable: 101% must be at most 100%",
        ),
        (
            {"spec": {"template": {"spec": {"dnsPolicy": "None", "dnsConfig": {"searches": ["a"]}}}}},
            'spec.dnsConfig.nameservers: required if dnsPolicy is "None"',
        ),
        (
            {"spec": {"template": {"spec": {"initContainers": [{"name": "a"}]}}}},
            "containers: two have the same name",
        ),
        ({"spec": {"template": {"spec": {"volumes": [{"name": "v"}] * 2}}}}, "volumes: two have the same name"),
        (
            {
                "spec": {
                    "template": {"spec": {"containers": [{"name": "a", "volumeMounts": [{"mountPath": "/a"}] * 2}]}}
                }
            },
            "a: volumeMounts: two mounts have the same path",
        ),
    ],
)
def test_invalid_objects_are_reported(over: dict[str, Any], expected: str) -> None:
    assert expected in found(over)
