"""Installing charts/istio-routing before an example model, and the gateway that it is asked by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from devkit import paths
from examples.iris import release
from examples.iris.models import FOLDER

CHART = paths.REPOSITORY / "charts" / "istio-routing"
VALUES = FOLDER / "routing-iris.yaml"
# The Service of the gateway that `python -m cluster istio` installs.
GATEWAY = "istio-ingress.istio-ingress"


def install(name: str, namespace: str, values: Path = VALUES, more: Mapping[str, Any] | None = None) -> None:
    """Install the routes, or upgrade them to exactly the file's values and these over them."""
    release.helm(
        *("upgrade", name, CHART, "--install", "--namespace", namespace, "--values", values),
        *release.json_settings(more or {}),
    )
