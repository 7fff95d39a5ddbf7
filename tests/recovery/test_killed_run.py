"""What a killed run leaves behind, made for real: `up` mends it without a person's help.

These tests end the cluster under everybody's feet, so they are the last ones and share nothing.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
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
    """Something that only a mended cluster still has; one that is made anew has lost it."""
    ensure_namespace(NAMESPACE)
    kubectl("--namespace", NAMESPACE, "delete", "configmap", "witness", "--ignore-not-found")
    kubectl("--namespace", NAMESPACE, "create", "configmap", "witness", "--from-literal=seen=yes")
    return "configmap/witness"


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come to pass within {DEADLINE_SECONDS} s"
        time.sleep(0.2)


def test_nodes_that_were_stopped_are_started_again_with_what_they_held(a_config_map: str) -> None:
    running = engine.find()
    assert running is not None
    for node in kind.nodes(running):
        running.run("stop", "-t", "1", node)

    assert lifecycle.up(Console()).ready

    seen = json.loads(kubectl("--namespace", NAMESPACE, "get", a_config_map, "--output", "json"))
    assert seen["data"] == {"seen": "yes"}
    kubectl("delete", "namespace", NAMESPACE, "--timeout=120s", seconds=150)


def test_a_cluster_that_was_half_made_is_made_anew() -> None:
    running = engine.find()
    assert running is not None
    worker = next(node for node in kind.nodes(running) if node.endswith("worker"))
    running.run("rm", "--force", "--volumes", worker)
    paths.KUBECONFIG.unlink()

    status = lifecycle.up(Console())

    assert status.ready
    assert len(status.nodes) == 2


def test_an_engine_that_was_killed_is_started_again_over_its_stale_files() -> None:
    kill_engine()
    assert managed.PID.exists(), "a killed engine leaves its pid file; without it this test shows nothing"
    left = scratch.root() / f"{scratch.PREFIX}{ended_process()}-half-built"
    left.mkdir(parents=True)

    assert lifecycle.up(Console()).ready

    assert not left.exists(), "what the killed run was working on is still there"


def replaced_images() -> list[str]:
    """The images that have lost their names to newer ones."""
    return lifecycle.connect(Console()).engine.run("images", "--quiet", "--filter", "dangling=true").stdout.split()


def test_down_removes_the_images_that_newer_ones_have_replaced(tmp_path: Path) -> None:
    engine = lifecycle.connect(Console()).engine
    if not engine.managed:
        pytest.skip("the engine is the user's own, whose images are left alone")
    for content in ("old", "new"):
        (tmp_path / "content").write_text(content)
        (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY content /\n")
        engine.run("build", "--quiet", "--tag", "replaced:1", str(tmp_path))
    assert replaced_images(), "the older one still has a name; then this test shows nothing"

    lifecycle.down(Console())

    assert lifecycle.up(Console()).ready
    assert not replaced_images()
    lifecycle.connect(Console()).engine.run("image", "rm", "replaced:1")


def test_down_leaves_nothing_running_and_up_makes_it_all_again() -> None:
    lifecycle.down(Console())

    wait_until_nothing_of_the_engine_runs()
    assert not paths.KUBECONFIG.exists(), "the kubeconfig of a cluster that is gone is left"
    with socket.socket() as probe:
        refused = probe.connect_ex(("127.0.0.1", settings.REGISTRY_PORT))
    assert refused, f"something still listens on port {settings.REGISTRY_PORT}"

    assert lifecycle.up(Console()).ready


def test_down_ends_also_what_a_killed_engine_left_running() -> None:
    kill_engine()
    assert processes_of_the_engine(), "the nodes ended with the engine; then this test shows nothing"

    lifecycle.down(Console())

    wait_until_nothing_of_the_engine_runs()


def kill_engine() -> None:
    """End the engine as a crash would: nothing of it is put in order."""
    pid = managed.running_pid()
    if pid is None:
        pytest.skip("the container engine is the user's own: it is not ours to kill")
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: managed.running_pid() is None, "the end of the engine")


def wait_until_nothing_of_the_engine_runs() -> None:
    """A container's shim ends by itself, a moment after its container: nobody waits for that."""

    def nothing_runs() -> bool:
        left = processes_of_the_engine()
        assert not left, left
        return True

    until("nothing of the engine runs", nothing_runs, DEADLINE_SECONDS, 0.2)


def processes_of_the_engine() -> list[str]:
    """The command lines of all that runs from the engine's folders: itself, containerd, the containers' shims."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue  # It has ended meanwhile.
        if str(managed.RUN) in command:
            found.append(command)
    return found


def ended_process() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid
