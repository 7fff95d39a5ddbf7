"""Charts in the cluster's OCI registry: a pulled chart is the one that was pushed."""

from __future__ import annotations

from pathlib import Path

from cluster import settings
from cluster.helm import helm
from cluster.lifecycle import Connection
from devkit.workloads import serving
from devkit.workloads.models import EXAMPLES

CHARTS = f"oci://{settings.REGISTRY_ADDRESS}/charts"
ARGUMENTS = ("--namespace", "any", "--set", "model.source.image.reference=localhost:5001/models/iris:1")


def test_chart_from_the_registry_renders_like_the_clone(
    connection: Connection,  # noqa: ARG001
    tmp_path: Path,
) -> None:
    values = EXAMPLES[0].values
    helm("package", serving.CHART, "--destination", tmp_path)
    (package,) = tmp_path.glob("*.tgz")
    helm("push", package, CHARTS, "--plain-http")

    version = package.stem.removeprefix("model-server-")
    pulled = ("template", "iris", f"{CHARTS}/model-server", "--version", version, "--plain-http")
    from_registry = helm(*pulled, "--values", values, *ARGUMENTS)

    assert from_registry == helm("template", "iris", serving.CHART, "--values", values, *ARGUMENTS)
    assert "kind: Deployment" in from_registry
