"""Installing the add-ons: their manifests are applied, their images pushed to the registry first."""

from __future__ import annotations

from pathlib import Path

from cluster import paths, registry, settings, tools
from cluster.console import Console
from cluster.engine import Engine
from cluster.images import Images
from cluster.process import run

MANIFESTS = paths.PACKAGE / "addons"
READY_SECONDS = 180


def ensure(engine: Engine, images: Images, console: Console) -> None:
    """Have metrics-server installed and answering, and the registry announced to tools that look for it."""
    kubectl: list[str | Path] = [tools.ensure("kubectl"), "--kubeconfig", paths.KUBECONFIG]
    wait = [*kubectl, "--namespace", "kube-system", "rollout", "status", "deployment/metrics-server"]
    registry.load(engine, images, settings.METRICS_SERVER_IMAGE, console)
    with console.step("install metrics-server"):
        run([*kubectl, "apply", "--server-side", "--filename", MANIFESTS / "metrics-server.yaml"])
        run([*kubectl, "apply", "--server-side", "--filename", MANIFESTS / "registry-hosting.yaml"])
        run([*wait, f"--timeout={READY_SECONDS}s"], seconds=READY_SECONDS + 20)
