"""The cluster from nothing to ready, and back: each part in its turn."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from cluster import addons, engine, kind, layout, lock, registry, scratch, settings, tools
from cluster.addons import istio
from cluster.console import Console
from cluster.engine import Engine
from cluster.host import preflight
from cluster.images import Images
from cluster.images.ensure import Policy
from devkit import paths
from devkit.errors import UserError

# What people and tests call; the first time they may have to be compiled.
TOOLS = ("docker", "kind", "kubectl", "helm")


@dataclass(frozen=True)
class Status:
    """What there is now; ``kubeconfig`` and ``docker_host`` are how to reach it.

    ``ready``: every node takes pods. ``metrics``: metrics-server has figures of every node.
    """

    engine: str
    docker_host: str
    nodes: dict[str, bool]
    ready: bool
    metrics: bool
    registry: str
    registry_running: bool
    kubeconfig: str
    kubernetes_version: str
    cache: str
    tools: dict[str, str]

    def as_dictionary(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Connection:
    """An engine that answers, and its images, for those who build and push more of them."""

    engine: Engine
    images: Images
    console: Console


def connect(console: Console, policy: Policy = "auto") -> Connection:
    """The engine that answers. Raises :class:`UserError` when ``up`` has not been called."""
    running = engine.find()
    if running is None:
        raise UserError("No container engine answers.", "Call `make up` first.")
    return Connection(running, Images(running, console, policy), console)


def up(console: Console, policy: Policy = "auto") -> Status:
    """Make the cluster, or what is missing of it."""
    _check_machine()
    with lock.held(console):
        scratch.clear()
        for tool in TOOLS:
            tools.ensure(tool, console)
        running = engine.ensure(console)
        images = Images(running, console, policy)
        registry.ensure(running, images, console)
        kind.ensure(running, images, console)
        addons.install(running, images, console)
    return status()


def load(names: list[str], console: Console, policy: Policy = "auto") -> list[str]:
    """Put images into the registry; returns where they lie in it."""
    connection = connect(console, policy)
    with lock.held(console):
        registry.ensure(connection.engine, connection.images, console)
        return [registry.load(connection.engine, connection.images, name, console) for name in names]


def install_istio(console: Console, policy: Policy = "auto") -> None:
    """Have Istio in the cluster, which `up` does not install."""
    connection = connect(console, policy)
    if not kind.is_ready():
        raise UserError("There is no cluster that takes pods.", "Call `make up` first.")
    with lock.held(console):
        registry.ensure(connection.engine, connection.images, console)
        istio.install(connection.engine, connection.images, console)


def status() -> Status:
    """What there is, without changing or building anything."""
    running = engine.find()
    nodes = kind.nodes(running) if running else {}
    return Status(
        engine="none" if running is None else "started here" if running.owned else "the user's own",
        docker_host=running.host if running else "",
        nodes=nodes,
        ready=running is not None and kind.is_ready(),
        metrics=running is not None and addons.have_figures(),
        registry=settings.REGISTRY_ADDRESS,
        registry_running=running is not None and registry.is_running(running),
        kubeconfig=str(paths.KUBECONFIG),
        kubernetes_version=settings.KUBERNETES_VERSION if nodes else "",
        cache=str(paths.cache()),
        tools={name: str(found) for name in TOOLS if (found := tools.find(name))},
    )


def logs(folder: Path) -> None:
    """Write the logs of the nodes and pods to a folder."""
    kind.export_logs(connect(Console(quiet=True)).engine, folder)


def environment(console: Console) -> dict[str, str]:
    """What a program needs in its environment to find the tools, the cluster and the engine."""
    folders = [tools.ensure(tool, console).parent for tool in TOOLS] + [Path(sys.executable).parent]
    running = engine.find()
    return {
        "PATH": ":".join([*dict.fromkeys(map(str, folders)), os.environ.get("PATH", "")]),
        "KUBECONFIG": str(paths.KUBECONFIG),
        **({"DOCKER_HOST": running.host} if running and running.host else {}),
    }


def clean(console: Console) -> None:
    """End everything and remove what is cached outside the clone; raises where something of it stays."""
    down(console)
    with lock.held(console), console.step(f"remove what is cached in {paths.cache()}"):
        for name in layout.CACHED:
            scratch.remove(paths.cache() / name)
        left = [name for name in layout.CACHED if (paths.cache() / name).exists()]
    if left:
        raise UserError(
            f"{paths.cache() / left[0]} could not be removed whole.", "See what still uses it, then remove it by hand."
        )


def down(console: Console) -> None:
    """End everything that ``up`` started; what is cached stays."""
    with lock.held(console):
        running = engine.find()
        if running is None and engine.left_behind():
            # Only an engine can end the containers that a killed one has left.
            running = engine.ensure(console)
        if running:
            with console.step("delete the cluster"):
                kind.delete(running)
                registry.remove(running)
            if running.owned:
                with console.step("remove images that newer ones have replaced"):
                    # Nobody but this project uses this engine, and every change of the server would leave an image.
                    running.run("image", "prune", "--force")
        with console.step("stop the container engine") as step:
            if not engine.stop():
                step.result = "it is not ours, or did not run"
        scratch.clear()


def _check_machine() -> None:
    # Before anything is compiled, which can take minutes.
    preflight.check_memory()
    found = engine.find()
    if found is None:
        preflight.check_can_start_engine()
    is_cold = found is None and not (layout.engine() / "data").exists()
    preflight.check_disk(paths.cache(), preflight.COLD_DISK_GIB if is_cold else preflight.WARM_DISK_GIB)
