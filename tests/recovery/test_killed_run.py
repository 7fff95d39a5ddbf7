"""Recovery from killed runs: `up` repairs what they leave behind.

These tests stop the cluster, so they run last and share nothing.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from cluster import engine, kind, lifecycle, scratch, settings
from cluster.console import Console
from cluster.engine import managed
from cluster.kubectl import ensure_namespace, kubectl
from devkit import paths
from devkit.waiting import until

pytestmark = pytest.mark.e2e

NAMESPACE = "recovery"
DEADLINE_SECONDS = 60


@pytest.fixture(autouse=True)
def cluster_is_up() -> None:
    lifecycle.up(Console())


@pytest.fixture
def a_config_map() -> str:
    """An object that survives a repair of the cluster, but not its recreation."""
    ensure_namespace(NAMESPACE)
    kubectl("--namespace", NAMESPACE, "delete", "configmap", "witness", "--ignore-not-found")
    kubectl("--namespace", NAMESPACE, "create", "configmap", "witness", "--from-literal=seen=yes")
    return "configmap/witness"


def test_stopped_nodes_are_started_with_their_data(a_config_map: str) -> None:
    running = engine.find()
    assert running is not None
    for node in kind.nodes(running):
        running.run("stop", "-t", "1", node)

    assert lifecycle.up(Console()).ready

    seen = json.loads(kubectl("--namespace", NAMESPACE, "get", a_config_map, "--output", "json"))
    assert seen["data"] == {"seen": "yes"}
    kubectl("delete", "namespace", NAMESPACE, "--timeout=120s", seconds=150)


def test_incomplete_cluster_is_recreated() -> None:
    running = engine.find()
    assert running is not None
    worker = next(node for node in kind.nodes(running) if node.endswith("worker"))
    running.run("rm", "--force", "--volumes", worker)
    paths.KUBECONFIG.unlink()

    status = lifecycle.up(Console())

    assert status.ready
    assert len(status.nodes) == 2


def test_killed_engine_is_restarted_despite_stale_files() -> None:
    kill_engine()
    assert managed.PID.exists(), "a killed engine must leave its PID file, or this test is void"
    left = scratch.root() / f"{scratch.PREFIX}{ended_process()}-half-built"
    left.mkdir(parents=True)

    assert lifecycle.up(Console()).ready

    assert not left.exists(), "the files of the killed run must be deleted"


def replaced_images() -> list[str]:
    """Return the images whose names were taken by newer ones."""
    return lifecycle.connect(Console()).engine.run("images", "--quiet", "--filter", "dangling=true").stdout.split()


@dataclass(frozen=True)
class Restart:
    """The traces of a cluster after `down` and the next `up`; without images if the engine is the user's own."""

    replaced_before: list[str] | None
    kubeconfig_left: bool
    registry_listens: bool
    ready: bool
    replaced_after: list[str]


@pytest.fixture(scope="module")
def restart(tmp_path_factory: pytest.TempPathFactory) -> Restart:
    """One `down` and `up` for all tests that look at them, since it takes half a minute."""
    lifecycle.up(Console())
    replaced_before = _replace_an_image(tmp_path_factory.mktemp("image"))

    lifecycle.down(Console())

    wait_until_nothing_of_the_engine_runs()
    with socket.socket() as probe:
        registry_listens = probe.connect_ex(("127.0.0.1", settings.REGISTRY_PORT)) == 0
    kubeconfig_left = paths.KUBECONFIG.exists()
    ready = lifecycle.up(Console()).ready
    return Restart(replaced_before, kubeconfig_left, registry_listens, ready, replaced_images())


def _replace_an_image(folder: Path) -> list[str] | None:
    """Build two images under one name, if the engine is a managed one; return the images without a name."""
    engine = lifecycle.connect(Console()).engine
    if not engine.managed:
        return None
    for content in ("old", "new"):
        (folder / "content").write_text(content)
        (folder / "Dockerfile").write_text("FROM scratch\nCOPY content /\n")
        engine.run("build", "--quiet", "--tag", "replaced:1", str(folder))
    return replaced_images()


def test_down_removes_replaced_images(restart: Restart) -> None:
    if restart.replaced_before is None:
        pytest.skip("the engine is the user's own, and its images are kept")
    assert restart.replaced_before, "the older image must have lost its name, or this test is void"
    assert not restart.replaced_after
    lifecycle.connect(Console()).engine.run("image", "rm", "replaced:1")


def test_down_stops_everything_and_up_recreates_it(restart: Restart) -> None:
    assert not restart.kubeconfig_left, "the kubeconfig of the deleted cluster must be deleted"
    assert not restart.registry_listens, f"something still listens on port {settings.REGISTRY_PORT}"
    assert restart.ready


def test_down_stops_the_containers_of_a_killed_engine() -> None:
    kill_engine()
    assert processes_of_the_engine(), "the nodes must survive the engine, or this test is void"

    lifecycle.down(Console())

    wait_until_nothing_of_the_engine_runs()


def kill_engine() -> None:
    """Kill the engine, as a crash does."""
    pid = managed.running_pid()
    if pid is None:
        pytest.skip("the container engine is the user's own")
    os.kill(pid, signal.SIGKILL)
    until("the engine has exited", lambda: managed.running_pid() is None, DEADLINE_SECONDS, 0.2)


def wait_until_nothing_of_the_engine_runs() -> None:
    """Wait until no process of the engine runs. A container's shim exits a moment after its container."""

    def nothing_runs() -> bool:
        left = processes_of_the_engine()
        assert not left, left
        return True

    until("nothing of the engine runs", nothing_runs, DEADLINE_SECONDS, 0.2)


def processes_of_the_engine() -> list[str]:
    """Return the command lines of the engine, containerd and the containers' shims."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue  # It has exited.
        if str(managed.RUN) in command:
            found.append(command)
    return found


def ended_process() -> int:
    """Return the ID of a process that has exited."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid
