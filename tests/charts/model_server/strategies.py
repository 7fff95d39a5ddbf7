"""Strategies for values of model-server: a model source, optional features, and any other values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from model_server.errors import SettingsError
from model_server.settings import load_settings
from tests.charts.model_server.chart import BASE, CHART_SPEC, SHA256
from tests.charts.strategies import ChartStrategies
from tests.harness import Manifests

# Examples of values that the chart renders unchanged, so that the schema does not describe them.
EXAMPLES: Mapping[str, Sequence[Any]] = {
    # A guard rejects names of versions that do not exist.
    "shadow.compareWith": ("", 1000000),
    "extraObjects": (
        [],
        [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "more"}, "data": {"a": "1e3"}}],
        ["apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: text\n"],
    ),
}
# Names and paths that the chart uses itself.
PLACES = ("/tmp", "/tmp/", "/etc/model-server", "/run/secrets/model-server")  # noqa: S108  (in a pod)
WORDS = (*PLACES, "model", "config", "nginx", "app", "version")

OUTSIDE: dict[str, Any] = {"ingressFrom": [{"namespaceSelector": {}}]}
MODELS: Sequence[dict[str, Any]] = (
    {"source": {"type": "image", **BASE["model"]["source"]}},
    {
        "source": {
            "type": "persistentVolumeClaim",
            "persistentVolumeClaim": {"claimName": "models", "subPath": "a: b"},
        }
    },
    *(
        {"source": {"type": "download", "download": {"url": url, "sha256": SHA256, "secretName": "login"}}}
        for url in ("s3://models/a.tar.gz", "https://example.org/a")
    ),
    {"name": "iris", "version": 1, "source": {"type": "configMap", "configMap": {"name": "iris-1"}}},
    {"source": {"type": "baked"}},
)
# Optional features with the values that they require.
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
    {
        "keda": {
            "enabled": True,
            "triggers": [{"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}],
        }
    },
    {"podMonitor": {"enabled": True}},
    {"serviceMonitor": {"enabled": True}},
    {"secret": {"create": True, "stringData": {"yes": "1e3"}}},
    {"secret": {"existingSecret": "login", "envFrom": True}},
    {"versions": [{"name": 1000000}, {"name": "1e3", "shadow": {"compareWith": 1000000, "ratio": 0.5}}]},
    {"versions": [{"name": "no"}], "keepUnversioned": True, "service": {"version": "no"}},
    {"tracing": {"endpoint": "http://collector:4318"}},
    {"tests": {"runner": "argocd"}},
    {"networkPolicy": {"enabled": False}},
    {"gpu": {"count": 1}},
)


def _refused_by_the_server(manifests: Manifests, folder: Path) -> Iterator[str]:
    for manifest in manifests.of_kind("ConfigMap"):
        if manifest.is_own and "config.yaml" in manifest.body.get("data", {}):
            file = folder / "config.yaml"
            file.write_text(manifest.body["data"]["config.yaml"], encoding="utf-8")
            try:
                load_settings({"config": str(file)}, {})
            except SettingsError as error:
                yield f"{manifest}: the server refuses its configuration: {error}"


STRATEGIES = ChartStrategies(
    CHART_SPEC,
    base_values=[{"model": model} for model in MODELS],
    features=FEATURES,
    examples=EXAMPLES,
    words=WORDS,
    program_errors=_refused_by_the_server,
)
