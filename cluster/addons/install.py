"""Installing the add-ons: their images are pushed to the registry, then their manifests applied."""

from __future__ import annotations

from pathlib import Path

from cluster import paths, registry, settings, tools
from cluster.addons.manifests import text
from cluster.console import Console
from cluster.engine import Engine
from cluster.images import Images
from cluster.process import run

READY_SECONDS = 180


def publish(engine: Engine, images: Images, console: Console) -> None:
    """Have the add-ons' images where the nodes will look for them."""
    registry.load(engine, images, settings.METRICS_SERVER_IMAGE, console)


def ensure(console: Console) -> None:
    """Have metrics-server installed and answering, and the registry announced to tools that look for it."""
    kubectl: list[str | Path] = [tools.ensure("kubectl"), "--kubeconfig", paths.KUBECONFIG]
    wait = [*kubectl, "--namespace", "kube-system", "rollout", "status", "deployment/metrics-server"]
    with console.step("wait for metrics-server"):
        run([*kubectl, "apply", "--server-side", "--filename", "-"], stdin=text())
        run([*wait, f"--timeout={READY_SECONDS}s"], seconds=READY_SECONDS + 20)
