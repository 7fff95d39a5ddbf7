"""Installing the add-ons of every cluster: their images are pushed to the registry, their manifests applied."""

from __future__ import annotations

from cluster import layout, registry, settings, tools
from cluster.console import Console
from cluster.engine import Engine
from cluster.images import Images
from cluster.kubectl import command, kubectl
from devkit import paths
from devkit.process import run

FOLDER = layout.PACKAGE / "addons"


def install(engine: Engine, images: Images, console: Console) -> None:
    """Install metrics-server, and the ConfigMap by which tools find the registry.

    metrics-server answers once it has scraped twice, ten seconds apart. This function does not wait for that; see
    :func:`metrics_available`.
    """
    registry.load(engine, images, settings.METRICS_SERVER_IMAGE, console)
    with console.step("install metrics-server (first metrics in about 15 seconds)"):
        kubectl("apply", "--server-side", "--filename", FOLDER)


def metrics_available() -> bool:
    """Return whether metrics-server has metrics for every node."""
    if tools.find("kubectl") is None or not paths.KUBECONFIG.exists():
        return False
    return run(command("top", "nodes", "--request-timeout=5s"), check=False).returncode == 0
