"""Installs charts/monitoring on the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cluster import catalog, kubectl, lifecycle, registry
from cluster.console import Console
from cluster.helm import helm, set_json
from cluster.images import probe
from devkit import paths

CHART = paths.CHARTS / "monitoring"
VALUES = paths.EXAMPLES / "monitoring" / "demo.yaml"
RELEASE = "monitoring"
# The namespace that charts/model-server admits to its metrics by default.
NAMESPACE = "monitoring"
# node-exporter mounts the node's file system, which the other standards forbid.
PRIVILEGED = {**kubectl.PRIVILEGED, "pod-security.kubernetes.io/warn": "privileged"}
# By the values that name them.
IMAGES = {
    "prometheus.image": catalog.load().tagged("quay.io/prometheus/prometheus"),
    "alertmanager.image": catalog.load().tagged("quay.io/prometheus/alertmanager"),
    "alertmanager.reloader.image": catalog.load().tagged("quay.io/prometheus-operator/prometheus-config-reloader"),
    "kubeStateMetrics.image": catalog.load().tagged("registry.k8s.io/kube-state-metrics/kube-state-metrics"),
    "nodeExporter.image": catalog.load().tagged("quay.io/prometheus/node-exporter"),
}
# Grafana's image cannot be built here, so Grafana runs only where this registry is reachable.
GRAFANA_REGISTRY = "docker.io"


def load(console: Console, images: Mapping[str, str] = IMAGES) -> list[str]:
    """Push the images to the cluster's registry; returns the ``--set`` arguments for their current digests."""
    lifecycle.load(list(images.values()), console)
    digests = {key: registry.digest(name) for key, name in images.items()}
    settings = [f"{key}.digest={digest}" for key, digest in digests.items()]
    return settings if has_grafana() else [*settings, "grafana.enabled=false"]


def has_grafana() -> bool:
    """Return whether Grafana's image can be pulled."""
    return probe.answers(GRAFANA_REGISTRY)


def ensure_namespace(name: str = NAMESPACE) -> None:
    """Create the namespace if it does not exist, and let it admit node-exporter."""
    kubectl.ensure_namespace(name, PRIVILEGED)


def install(
    settings: list[str], namespace: str = NAMESPACE, values: Path = VALUES, more: Mapping[str, Any] | None = None
) -> None:
    """Install or upgrade the stack with these values, and wait until its pods are ready."""
    helm(
        *("upgrade", RELEASE, CHART, "--install", "--namespace", namespace, "--values", values),
        *(part for setting in settings for part in ("--set", setting)),
        *set_json(more or {}),
        *("--wait", "--timeout", "240s"),
    )
