"""The API server accepts the manifests of every chart, and adds no default inside a list without a reason.

tests/harness/schemas has the schemas of custom resources and of Kubernetes. Only the API server itself has the defaults
of Kubernetes' own kinds, which are Go code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.harness import Manifest, charts, render
from tests.harness.frozen import unfreeze
from tests.harness.objects import own
from tests.harness.schemas.defaults import added_in_lists
from tests.istio_local import definitions
from tests.istio_local.api import RejectedError
from tests.istio_local.mesh_case import MeshCase

# Defaults that the charts leave to the API server: patterns of paths, each with the reason.
UNWRITTEN = {
    r"\w+\.spec\.template\.spec\.(volumes|containers|initContainers)\[\]\..+": "writing them would restart all pods in "
    "an upgrade; Argo CD fills in these defaults on both sides before it compares",
    r"Pod\.spec\.containers\[\]\..+": "the test pod has the same containers as the Job",
    r"NetworkPolicy\.spec\.egress\[\]\.ports\[\]\.protocol": "in rules that users write",
    r"Service\.spec\.ports\[\]\.nodePort": "allocated by the API server",
    r"StatefulSet\.spec\.volumeClaimTemplates\[\]\.status": "not a field that a client may set",
}
# Definitions that the mesh does not have, and charts/model-server and charts/monitoring need.
MORE = ("keda", "prometheus-operator")


def manifests(case: MeshCase) -> list[Manifest]:
    """Return the different objects of all charts and values files."""
    renderings = (render(replace(file.case(), namespace=case.namespace)) for file in charts.all_values_files())
    found = {str(each.body): each for rendering in renderings for each in own(rendering)}
    return [each for each in found.values() if case.mesh.api.serves(str(each.body["apiVersion"]))]


def test_the_api_server_adds_no_default_inside_a_list_without_a_reason(case: MeshCase) -> None:
    definitions.install(case.mesh.api, MORE)
    added = set()
    for manifest in manifests(case):
        case.ensure_namespace(manifest.body["metadata"].get("namespace", case.namespace))
        stored = case.mesh.api.apply(unfreeze(manifest.body), case.namespace, dry_run=True)
        added |= {f"{manifest.kind}.{path}" for path, _ in added_in_lists(manifest.body, stored)}
    unexplained = sorted(path for path in added if not any(re.fullmatch(reason, path) for reason in UNWRITTEN))
    assert not unexplained, f"write these defaults, or give the reason in UNWRITTEN: {unexplained}"
    unused = [pattern for pattern in UNWRITTEN if not any(re.fullmatch(pattern, path) for path in added)]
    assert not unused, f"the API server adds none of these: remove them: {unused}"


ROUTE: dict[str, Any] = {"parentRefs": [{"name": "a"}], "rules": [{"backendRefs": [{"name": "a", "port": 80}]}]}


def pod(**fields: Any) -> dict[str, Any]:
    """Return the spec of a Deployment whose pods have these fields."""
    labels = {"app": "a"}
    spec = {"containers": [{"name": "a", "image": "a"}], **fields}
    return {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}}


def container(**fields: Any) -> dict[str, Any]:
    """Return the spec of a Deployment whose container has these fields."""
    return pod(containers=[{"name": "a", "image": "a", **fields}])


def rule(**fields: Any) -> dict[str, Any]:
    """Return the spec of an HTTPRoute whose rule has these fields."""
    return {**ROUTE, "rules": [{**ROUTE["rules"][0], **fields}]}


REPEATED = [
    ("Deployment", container(env=[{"name": "A"}, {"name": "A", "value": "1"}]), "duplicate entries for key"),
    ("Deployment", container(ports=[{"containerPort": 80}] * 2), "duplicate entries for key"),
    ("Deployment", container(resources={"claims": [{"name": "a"}] * 2}), "duplicate entries for key"),
    ("Deployment", pod(hostAliases=[{"ip": "192.0.2.1"}] * 2), "duplicate entries for key"),
    ("Deployment", pod(imagePullSecrets=[{"name": "a"}] * 2), "duplicate entries for key"),
    (
        "Deployment",
        pod(topologySpreadConstraints=[{"maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "ScheduleAnyway"}] * 2),
        "duplicate entries for key",
    ),
    ("HTTPRoute", {**ROUTE, "parentRefs": [{"name": "a"}] * 2}, "sectionName must be unique"),
    (
        "HTTPRoute",
        {**ROUTE, "parentRefs": [{"name": "a", "port": 80}, {"name": "a", "port": 81}]},
        "sectionName must be unique",
    ),
    (
        "HTTPRoute",
        {**ROUTE, "parentRefs": [{"name": "a", "sectionName": "a"}, {"name": "a"}]},
        "sectionName must be specified",
    ),
    ("HTTPRoute", rule(matches=[{"headers": [{"name": "a", "value": "a"}] * 2}]), "duplicate entries for key"),
    (
        "HTTPRoute",
        rule(filters=[{"type": "URLRewrite", "urlRewrite": {"hostname": "a.example.org"}}] * 2),
        "URLRewrite filter cannot be repeated",
    ),
]
ACCEPTED = [
    ("Deployment", pod(tolerations=[{"operator": "Exists"}] * 2)),
    ("Deployment", container(envFrom=[{"secretRef": {"name": "a"}}] * 2)),
    ("HTTPRoute", {**ROUTE, "hostnames": ["a.example.org"] * 2}),
    ("HTTPRoute", rule(matches=[{"method": "GET"}] * 2)),
]


def applied(case: MeshCase, kind: str, spec: Mapping[str, Any]) -> None:
    """Apply an object of a kind in a dry run."""
    api_version = {"Deployment": "apps/v1", "HTTPRoute": "gateway.networking.k8s.io/v1"}[kind]
    body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, "spec": spec}
    case.mesh.api.apply(body, case.namespace, dry_run=True)


def test_the_api_server_refuses_the_repeated_entries_that_guards_refuse(case: MeshCase) -> None:
    for kind, spec, reason in REPEATED:
        with pytest.raises(RejectedError, match=reason):
            applied(case, kind, spec)
    for kind, spec in ACCEPTED:
        applied(case, kind, spec)
