"""The OpenTelemetry Collector, for tests of tracing: it writes received spans to its log."""

from __future__ import annotations

from cluster import catalog, layout, registry
from cluster.addons import objects
from cluster.console import Console
from cluster.engine import Engine
from cluster.images import Images

IMAGE = catalog.load().tagged("docker.io/otel/opentelemetry-collector")
MANIFEST = layout.PACKAGE / "addons" / "collector" / "collector.yaml"
# Namespaces, and the Deployment in each that must become available.
DEPLOYMENTS = {"observability": "otel-collector"}


def install(engine: Engine, images: Images, console: Console) -> None:
    """Install the collector, or update it to its manifest."""
    registry.load(engine, images, IMAGE, console)
    with console.step("install the OpenTelemetry Collector"):
        objects.apply(MANIFEST, DEPLOYMENTS)


def remove(console: Console) -> None:
    """Remove the collector and its namespace."""
    with console.step("remove the OpenTelemetry Collector"):
        objects.delete(MANIFEST)
