"""Creating and deleting the cluster: the parts of this package, called in order."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from cluster import addons, catalog, engine, kind, layout, lock, registry, scratch, settings, tools
from cluster.addons import istio
from cluster.console import Console
from cluster.engine import Engine
from cluster.host import preflight
from cluster.images import Images, probe
from cluster.images.build import LINUX
from cluster.images.provision import Policy
from cluster.tools import programs
from devkit import paths
from devkit.errors import UserError

# The tools that users and tests run. The first `up` on a machine may have to compile them.
TOOLS = ("docker", "kind", "kubectl", "helm")


@dataclass(frozen=True)
class Status:
    """The state of the cluster.

    ``ready``: every node is Ready. ``metrics``: metrics-server answers for every node. ``nodes`` maps the names of
    the nodes' containers to whether they run.
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
        """Return the fields for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Connection:
    """A running engine and its images, for callers that build and push more of them."""

    engine: Engine
    images: Images
    console: Console


def connect(console: Console, policy: Policy = "auto") -> Connection:
    """Return the running engine. Raises :class:`UserError` if there is none because ``up`` has not run."""
    running = engine.find()
    if running is None:
        raise UserError("No container engine is running.", "Run `make up` first.")
    return Connection(running, Images(running, console, policy), console)


def up(console: Console, policy: Policy = "auto") -> Status:
    """Create the cluster, or its missing parts."""
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


def build(console: Console, policy: Policy = "auto") -> None:
    """Build every program that tests may use, and start nothing.

    These are the tools, and the programs of images that cannot be pulled or, by ``policy``, must not be. `up` builds
    only what the cluster needs, when it needs it.
    """
    loaded = catalog.load()
    # Those of TOOLS come last: linters and tests that run at the same time build them first themselves.
    for tool in sorted(loaded.tools, key=TOOLS.__contains__):
        tools.ensure(tool, console)
    if platform.system() != LINUX:
        return
    for image in loaded.images.values():
        if policy == "build" or (policy == "auto" and not probe.answers(image.name.partition("/")[0])):
            for program in image.programs:
                programs.build(program, console)


def load(names: list[str], console: Console, policy: Policy = "auto") -> list[str]:
    """Push images to the registry; return their references in it."""
    connection = connect(console, policy)
    with lock.held(console):
        registry.ensure(connection.engine, connection.images, console)
        return [registry.load(connection.engine, connection.images, name, console) for name in names]


def install_istio(console: Console, policy: Policy = "auto") -> None:
    """Install Istio into the running cluster, or update it."""
    connection = connect(console, policy)
    if not kind.is_ready():
        raise UserError("There is no cluster whose nodes are ready.", "Run `make up` first.")
    with lock.held(console):
        registry.ensure(connection.engine, connection.images, console)
        istio.install(connection.engine, connection.images, console)


def status() -> Status:
    """Return the state of the cluster. Nothing is changed or built."""
    running = engine.find()
    nodes = kind.nodes(running) if running else {}
    return Status(
        engine="none" if running is None else "managed" if running.managed else "external",
        docker_host=running.host if running else "",
        nodes=nodes,
        ready=running is not None and kind.is_ready(),
        metrics=running is not None and addons.metrics_available(),
        registry=settings.REGISTRY_ADDRESS,
        registry_running=running is not None and registry.is_running(running),
        kubeconfig=str(paths.KUBECONFIG),
        kubernetes_version=settings.KUBERNETES_VERSION if nodes else "",
        cache=str(paths.cache()),
        tools={name: str(found) for name in TOOLS if (found := tools.find(name))},
    )


def logs(folder: Path) -> None:
    """Write the logs of nodes and pods to a folder."""
    kind.export_logs(connect(Console(quiet=True)).engine, folder)


def environment(console: Console) -> dict[str, str]:
    """Return the environment variables with which programs find the tools, the cluster and the engine."""
    folders = [tools.ensure(tool, console).parent for tool in TOOLS] + [Path(sys.executable).parent]
    running = engine.find()
    return {
        "PATH": ":".join([*dict.fromkeys(map(str, folders)), os.environ.get("PATH", "")]),
        "KUBECONFIG": str(paths.KUBECONFIG),
        **({"DOCKER_HOST": running.host} if running and running.host else {}),
    }


def clean(console: Console) -> None:
    """Stop everything and remove the caches. Raises :class:`UserError` if a part of them remains."""
    down(console)
    with lock.held(console), console.step(f"remove the caches in {paths.cache()}"):
        for name in layout.CACHED:
            scratch.remove(paths.cache() / name)
        left = [name for name in layout.CACHED if (paths.cache() / name).exists()]
    if left:
        raise UserError(
            f"{paths.cache() / left[0]} could not be removed completely.",
            "Stop the programs that use it, then remove it.",
        )


def down(console: Console) -> None:
    """Stop everything that ``up`` started. The caches stay."""
    with lock.held(console):
        running = engine.find()
        if running is None and engine.left_behind():
            # Only an engine can stop the containers that a killed engine left running.
            running = engine.ensure(console)
        if running:
            with console.step("delete the cluster"):
                kind.delete(running)
                registry.remove(running)
            if running.managed:
                with console.step("remove unused images"):
                    # Only this project uses a managed engine, and each change of the server leaves an image behind.
                    running.run("image", "prune", "--force")
        with console.step("stop the container engine") as step:
            if not engine.stop():
                step.result = "none is managed here"
        scratch.clear()


def _check_machine() -> None:
    # Checked first: compiling can take minutes.
    preflight.check_memory()
    found = engine.find()
    if found is None:
        preflight.check_can_start_engine()
    is_cold = found is None and not (layout.engine() / "data").exists()
    preflight.check_disk(paths.cache(), preflight.COLD_DISK_GIB if is_cold else preflight.WARM_DISK_GIB)
