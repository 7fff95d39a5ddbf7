"""Installing the add-ons: their images are pushed to the registry, then their manifests applied."""

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
    """Have metrics-server running, and the registry announced to tools that look for it.

    metrics-server answers once it has started and has two readings, ten seconds apart. Nobody is kept waiting for that
    here: :func:`have_figures` tells.
    """
    registry.load(engine, images, settings.METRICS_SERVER_IMAGE, console)
    with console.step("install metrics-server (its first figures come in about 15 seconds)"):
        kubectl("apply", "--server-side", "--filename", FOLDER)


def have_figures() -> bool:
    """Whether metrics-server answers for every node."""
    if tools.find("kubectl") is None or not paths.KUBECONFIG.exists():
        return False
    return run(command("top", "nodes", "--request-timeout=5s"), check=False).returncode == 0
