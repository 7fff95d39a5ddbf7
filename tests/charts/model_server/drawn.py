"""Values of model-server, drawn: a way in for the model, what stands beside the servers, and any values over it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.charts.model_server.chart import BASE, CHART, SHA256
from tests.harness import Case, merged
from tests.harness.drawing import Drawing, as_yaml
from tests.harness.kubernetes_examples import EXAMPLES
from tests.harness.paths import placed

SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
# Values that are passed on as they are, so that the schema does not say what is good.
PASSED_ON: Mapping[str, Sequence[Any]] = {
    "httpRoute.matches": (
        [{"path": {"type": "Exact", "value": "/"}}],
        [{"method": "POST"}, {"headers": [{"name": "x-a", "value": "1e3"}]}],
    ),
    "httpRoute.filters": (
        [],
        [{"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": "x-a", "value": "yes"}]}}],
    ),
    "keda.fallback": ({}, {"failureThreshold": 1000000, "replicas": 1000000}),
    "extraObjects": (
        [],
        [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "more"}, "data": {"a": "1e3"}}],
        ["apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: text\n"],
    ),
    "tests.enabled": (True, False, "yes"),
}
# Names and places that the chart uses itself.
PLACES = ("/tmp", "/tmp/", "/etc/model-server", "/run/secrets/model-server")  # noqa: S108  (in a pod)
WORDS = (*PLACES, "model", "config", "nginx", "app", "version")
DRAWING = Drawing(SCHEMA, {**EXAMPLES, **PASSED_ON}, WORDS)

OUTSIDE: dict[str, Any] = {"callers": [{"namespaceSelector": {}}]}
SOURCES: Sequence[dict[str, Any]] = (
    {"type": "image", **BASE["model"]["source"]},
    {"type": "persistentVolumeClaim", "persistentVolumeClaim": {"claimName": "models", "subPath": "a: b"}},
    {"type": "download", "download": {"url": "s3://models/a.tar.gz", "sha256": SHA256, "secretName": "login"}},
    {"type": "download", "download": {"url": "https://example.org/a", "sha256": SHA256, "secretName": "login"}},
    {"type": "configMap", "configMap": {"name": "iris-1"}},
    {"type": "baked"},
)
# What stands beside the servers, each with what it needs.
FEATURES: Sequence[dict[str, Any]] = (
    {"nginx": {"enabled": True}},
    {"nginx": {"enabled": True, "service": {"type": "LoadBalancer"}}, "networkPolicy": OUTSIDE},
    {
        "ingress": {"enabled": True, "hosts": [{"host": "a.org", "paths": [{"path": "/", "pathType": "Prefix"}]}]},
        "networkPolicy": OUTSIDE,
    },
    {"httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}]}, "networkPolicy": OUTSIDE},
    {"service": {"type": "LoadBalancer"}, "networkPolicy": OUTSIDE},
    {"autoscaling": {"enabled": True}},
    {"keda": {"enabled": True, "triggers": [{"type": "cpu", "metadata": {"value": "70"}}]}},
    {"podMonitor": {"enabled": True}},
    {"serviceMonitor": {"enabled": True}},
    {"secret": {"create": True, "stringData": {"yes": "1e3"}}},
    {"secret": {"existingSecret": "login", "envFrom": True}},
    {"versions": [{"name": 1000000}, {"name": "1e3"}]},
    {"versions": [{"name": "no"}], "keepUnlisted": True, "service": {"version": "no"}},
    {"tests": {"runner": "argocd"}},
    {"networkPolicy": {"enabled": False}},
    {"gpu": {"count": 1}},
)
# As Helm and Kubernetes admit them; among them such as the chart must refuse, because no Service may be called so.
RELEASES = st.sampled_from(["demo", "model-server", "r" * 53, "yes", "null", "1e3", "a.b"]) | st.from_regex(
    r"\A[a-z]([-a-z0-9]{0,20}[a-z0-9])?\Z"
)
NAMESPACES = st.sampled_from(["serving", "yes", "123", "1e3", "n" * 63, "0x1f", "null"]) | st.from_regex(
    r"\A[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?\Z"
)


@dataclass(frozen=True)
class Drawn:
    """A case that shows itself as a command line and a values file."""

    case: Case

    def __repr__(self) -> str:
        case = self.case
        # Values are frozen; the YAML writer knows plain maps and lists.
        values = as_yaml(json.loads(case.values_json()))
        return f"helm template {case.release} --namespace {case.namespace} --values of\n{values}"


def cases(unit: str = "", most: int = 4, features: int = 2) -> SearchStrategy[Drawn]:
    """Cases whose values are legal, each on its own: `unit`, what it needs to matter, and some others, most near by."""
    section = unit.partition(".")[0]
    kind = unit.removeprefix("model.source.").partition(".")[0]
    sources = st.sampled_from([source for source in SOURCES if kind in source] or SOURCES)
    first = st.sampled_from([feature for feature in FEATURES if section in feature] or [{}])
    others = st.lists(st.sampled_from(FEATURES), max_size=features, unique_by=str)

    @st.composite
    def draw(draw: DrawFn) -> Drawn:
        source = draw(sources)
        values: dict[str, Any] = {"model": {"source": source}}
        if source["type"] == "configMap":
            values["model"] |= {"name": "iris", "version": 1}
        for feature in (*draw(others), draw(first)):
            values = merged(values, feature)
        near = [path for path in DRAWING.units if path.partition(".")[0] in {*values, section}]
        for over in (DRAWING.some(most // 2), DRAWING.some(most, near)):
            values = merged(values, draw(over))
        if unit:
            values = placed(values, unit, draw(DRAWING.units[unit]))
        return Drawn(Case(CHART, values, draw(RELEASES), draw(NAMESPACES)))

    return draw()


def is_known(key: str) -> bool:
    """Whether a key that a message names is one that a values file may hold; inside Kubernetes' types, any is."""
    path = re.sub(r"\[\d+\]", "[]", key)
    inner = path.removeprefix("versions[].")
    if inner not in (path, "name"):
        return f"versions[].{inner.partition('.')[0]}" in DRAWING.leaves and is_known(inner)
    plain = [leaf.replace("[]", "") for leaf in DRAWING.leaves]
    key = path.replace("[]", "")
    return any(f"{leaf}.".startswith(f"{key}.") or f"{key}.".startswith(f"{leaf}.") for leaf in plain)
