"""The OpenTelemetry Collector, for tests of tracing: it writes the spans that come to it into its log."""

from __future__ import annotations

from cluster import catalog, layout, registry
from cluster.addons import objects
from cluster.console import Console
from cluster.engine import Engine
from cluster.images import Images

IMAGE = catalog.load().tagged("docker.io/otel/opentelemetry-collector")
MANIFEST = layout.PACKAGE / "addons" / "collector" / "collector.yaml"
# Each with the Deployment in it that has to be there.
DEPLOYMENTS = {"observability": "otel-collector"}


def install(engine: Engine, images: Images, console: Console) -> None:
    """Have the collector running. Called again, it makes it what the file says."""
    registry.load(engine, images, IMAGE, console)
    with console.step("install the OpenTelemetry Collector"):
        objects.apply(MANIFEST, DEPLOYMENTS)


def remove(console: Console) -> None:
    """Take the collector out again, with its namespace."""
    with console.step("remove the OpenTelemetry Collector"):
        objects.delete(MANIFEST)
