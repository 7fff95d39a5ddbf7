"""Rules of Kubernetes beyond its schemas: what each refuses, and what it must not."""

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


def said(over: dict[str, Any], body: dict[str, Any] = DEPLOYMENT) -> list[str]:
    (manifest,) = Manifests(json.dumps(merged(body, over)))
    return list(violations(manifest))


def test_what_is_legal_is_not_refused() -> None:
    assert said({}) == []
    assert said({"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}) == []
    assert said({"spec": {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "1%"}}}}) == []


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ({"metadata": {"name": "a..b"}}, "metadata.name: 'a..b' is no legal name"),
        ({"metadata": {"name": "a" * 254}}, f"metadata.name: '{'a' * 254}' is no legal name"),
        ({"metadata": {"labels": {"b": "-"}}}, "metadata.labels: 'b': '-' is no legal label"),
        ({"metadata": {"labels": {"b": "b" * 64}}}, f"metadata.labels: 'b': '{'b' * 64}' is no legal label"),
        ({"metadata": {"labels": {"A/b": "b"}}}, "metadata.labels: 'A/b': 'b' is no legal label"),
        ({"metadata": {"annotations": {"a..b/c": ""}}}, "metadata.annotations: 'a..b/c' is no legal key"),
        ({"kind": "Service", "metadata": {"name": "1a"}}, "metadata.name: '1a' is no legal name"),
        ({"kind": "Service", "metadata": {"name": "a.b"}}, "metadata.name: 'a.b' is no legal name"),
        ({"kind": "Secret", "data": {"..": ""}}, "data: '..' is no legal key"),
        ({"kind": "ConfigMap", "data": {"a b": ""}}, "data: 'a b' is no legal key"),
        (
            {"spec": {"selector": {"matchLabels": {"tier": "a"}}}},
            "spec.selector: does not select the pods of the template",
        ),
        (
            {"spec": {"strategy": {"rollingUpdate": {"maxSurge": "00%"}}}},
            "spec.strategy.rollingUpdate: maxSurge and maxUnavailable must not both be 0",
        ),
        (
            {"spec": {"strategy": {"rollingUpdate": {"maxUnavailable": "101%"}}}},
            "maxUnavailable: 101% is more than 100%",
        ),
        (
            {"kind": "PodDisruptionBudget", "spec": {"minAvailable": "101%"}},
            "minAvailable: 101% is more than 100%",
        ),
        (
            {"spec": {"template": {"spec": {"dnsPolicy": "None", "dnsConfig": {"searches": ["a"]}}}}},
            'spec.dnsConfig.nameservers: there must be one where dnsPolicy is "None"',
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
            "a: volumeMounts: two have the same path",
        ),
    ],
)
def test_what_kubernetes_refuses_is_refused(over: dict[str, Any], expected: str) -> None:
    assert expected in said(over)
