"""Installing charts/monitoring beside the example models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cluster import catalog, lifecycle, registry
from cluster.console import Console
from cluster.images import probe
from devkit import paths
from examples.iris import release

CHART = paths.REPOSITORY / "charts" / "monitoring"
VALUES = paths.REPOSITORY / "examples" / "monitoring" / "demo.yaml"
RELEASE = "monitoring"
# The name that charts/model-server lets read metrics, unless it is told otherwise.
NAMESPACE = "monitoring"
# node-exporter reads the node's files, which no stricter standard allows.
PRIVILEGED = {**release.PRIVILEGED, "pod-security.kubernetes.io/warn": "privileged"}
# By the values that name them.
IMAGES = {
    "prometheus.image": catalog.load().tagged("quay.io/prometheus/prometheus"),
    "alertmanager.image": catalog.load().tagged("quay.io/prometheus/alertmanager"),
    "alertmanager.reloader.image": catalog.load().tagged("quay.io/prometheus-operator/prometheus-config-reloader"),
    "kubeStateMetrics.image": catalog.load().tagged("registry.k8s.io/kube-state-metrics/kube-state-metrics"),
    "nodeExporter.image": catalog.load().tagged("quay.io/prometheus/node-exporter"),
}
# Nobody can build it here: it runs where its registry answers.
GRAFANA_REGISTRY = "docker.io"


def load(console: Console, images: Mapping[str, str] = IMAGES) -> list[str]:
    """Let the nodes pull the images; returns the settings that name them as they are now."""
    lifecycle.load(list(images.values()), console)
    digests = {key: registry.digest(name) for key, name in images.items()}
    settings = [f"{key}.digest={digest}" for key, digest in digests.items()]
    return settings if has_grafana() else [*settings, "grafana.enabled=false"]


def has_grafana() -> bool:
    """Whether Grafana's image can be pulled."""
    return probe.answers(GRAFANA_REGISTRY)


def ensure_namespace(name: str = NAMESPACE) -> None:
    """Have a namespace that admits node-exporter."""
    release.ensure_namespace(name, PRIVILEGED)


def install(
    settings: list[str], namespace: str = NAMESPACE, values: Path = VALUES, more: Mapping[str, Any] | None = None
) -> None:
    """Install the stack, or upgrade it to exactly these values, and wait until its pods are ready."""
    release.helm(
        *("upgrade", RELEASE, CHART, "--install", "--namespace", namespace, "--values", values),
        *(part for setting in settings for part in ("--set", setting)),
        *release.json_settings(more or {}),
        *("--wait", "--timeout", "240s"),
    )
