"""Installs charts/istio-routing in front of a model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cluster.helm import helm, set_json
from devkit import paths
from devkit.workloads.models import FOLDER

CHART = paths.CHARTS / "istio-routing"
VALUES = FOLDER / "routing-iris.yaml"
# The Service of the gateway that `python -m cluster istio` installs.
GATEWAY = "istio-ingress.istio-ingress"


def install(name: str, namespace: str, values: Path = VALUES, more: Mapping[str, Any] | None = None) -> None:
    """Install or upgrade the routes with the values of a file, overridden by ``more``."""
    helm(
        *("upgrade", name, CHART, "--install", "--namespace", namespace, "--values", values),
        *set_json(more or {}),
    )
