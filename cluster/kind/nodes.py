"""Creating, repairing and deleting the nodes."""

from __future__ import annotations

import json
import time
from pathlib import Path

from cluster import settings, tools
from cluster.console import Console
from cluster.engine import Engine
from cluster.images import Images
from cluster.kind import config
from devkit import paths
from devkit.process import run, run_logged

# kind labels the containers of nodes with the name of the cluster.
LABEL = f"io.x-k8s.kind.cluster={settings.CLUSTER}"
WANTED = 2
# A node that is only busy becomes ready within this time.
SETTLE_SECONDS = 5
RESTART_SECONDS = 60


def ensure(engine: Engine, images: Images, console: Console) -> None:
    """Provide a cluster of the node image in the catalog whose nodes are ready.

    Nodes that a stopped engine left behind are restarted. If they do not become ready, the cluster is recreated.
    """
    image = images.ensure(settings.NODE_IMAGE)
    existing = nodes(engine)
    if existing and not _are_current(engine, existing, image):
        console.say("· the node image or the configuration has changed: the cluster is recreated")
        delete(engine)
        existing = {}
    if existing and _repair(engine, existing, console):
        return
    if existing:
        delete(engine)
    with console.step(f"create the cluster: {WANTED} nodes, Kubernetes {settings.KUBERNETES_VERSION}"):
        _create(engine, image)


def nodes(engine: Engine) -> dict[str, bool]:
    """Return the containers of the nodes, and whether each is running."""
    answer = engine.run("ps", "--all", "--filter", f"label={LABEL}", "--format", "{{.Names}} {{.State}}")
    lines = [line.split() for line in answer.stdout.splitlines()]
    return {name: state == "running" for name, state in lines}


def is_ready(seconds: float = 0) -> bool:
    """Return whether the API server answers and every node is Ready, or becomes so within that time."""
    deadline = time.monotonic() + seconds
    while not _all_ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def _all_ready() -> bool:
    kubectl = tools.find("kubectl")
    if kubectl is None or not paths.KUBECONFIG.exists():
        return False
    arguments = ["get", "nodes", "--output", "json", "--request-timeout=5s"]
    answer = run([kubectl, "--kubeconfig", paths.KUBECONFIG, *arguments], check=False)
    if answer.returncode != 0:
        return False
    conditions = [
        {condition["type"]: condition["status"] for condition in node["status"].get("conditions", [])}
        for node in json.loads(answer.stdout)["items"]
    ]
    return len(conditions) == WANTED and all(condition.get("Ready") == "True" for condition in conditions)


def delete(engine: Engine) -> bool:
    """Delete the nodes; return False if there were none."""
    if not nodes(engine):
        paths.KUBECONFIG.unlink(missing_ok=True)
        return False
    _kind(engine, "delete", "cluster", "--name", settings.CLUSTER, log="kind-delete")
    paths.KUBECONFIG.unlink(missing_ok=True)
    return True


def export_logs(engine: Engine, folder: Path) -> None:
    """Write the logs of nodes and pods to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _kind(engine, "export", "logs", folder, "--name", settings.CLUSTER, log="kind-logs")


def _create(engine: Engine, image: str) -> None:
    paths.KUBECONFIG.parent.mkdir(parents=True, exist_ok=True)
    paths.KUBECONFIG.unlink(missing_ok=True)
    try:
        _kind(
            engine,
            *("create", "cluster", "--config", config.write(), "--kubeconfig", paths.KUBECONFIG),
            *("--image", image, "--wait", "120s", "--retain"),
            log="kind-create",
        )
    except Exception:
        # --retain keeps failed nodes, so that their logs can be exported. Then they are deleted.
        folder = paths.logs() / "failed-cluster"
        run([tools.ensure("kind"), "export", "logs", folder, "--name", settings.CLUSTER],
            environment=engine.environment, check=False)  # fmt: skip
        delete(engine)
        raise
    paths.KUBECONFIG.chmod(0o600)


def _repair(engine: Engine, existing: dict[str, bool], console: Console) -> bool:
    if len(existing) != WANTED:
        return False
    stopped = [name for name, running in existing.items() if not running]
    # If another clone created the cluster, this one lacks the kubeconfig.
    _export_kubeconfig(engine)
    if not stopped and is_ready(SETTLE_SECONDS):
        return True
    with console.step("restart the nodes that a stopped engine left behind") as step:
        for name in existing:
            engine.run("restart", "-t", "10", name, check=False)
        _export_kubeconfig(engine)
        if is_ready(RESTART_SECONDS):
            return True
        step.result = "not ready, so they are recreated"
    return False


def _export_kubeconfig(engine: Engine) -> None:
    # The API server of a restarted node may have another port.
    paths.KUBECONFIG.parent.mkdir(parents=True, exist_ok=True)
    arguments: list[str | Path] = ["export", "kubeconfig", "--name", settings.CLUSTER, "--kubeconfig", paths.KUBECONFIG]
    run([tools.ensure("kind"), *arguments], environment=engine.environment, check=False)


def _are_current(engine: Engine, existing: dict[str, bool], image: str) -> bool:
    if not config.is_current():
        return False
    wanted = engine.inspect(image, "image")
    found = [engine.inspect(name) for name in existing]
    return bool(wanted) and all(node and wanted and node["Image"] == wanted["Id"] for node in found)


def _kind(engine: Engine, *arguments: str | Path, log: str) -> None:
    run_logged([tools.ensure("kind"), *arguments], environment=engine.environment, log=log)
