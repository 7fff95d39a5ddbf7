"""A node that is gone. The last module here: what ran on the node has to settle again afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cluster import engine
from cluster.engine import Engine
from cluster.kubectl import kubectl
from tests.e2e.monitoring.conftest import WORKER
from tests.e2e.monitoring.stack import Stack


def test_a_node_that_is_gone_is_told(settled: Stack) -> None:
    running = engine.find()
    assert running
    with _kubelet_stopped(running):
        settled.arrived("NodeNotReady", 150, node=WORKER)
    settled.arrived("NodeNotReady", 120, "resolved", node=WORKER)
    kubectl("wait", "node", WORKER, "--for=condition=Ready", "--timeout=60s")


@contextmanager
def _kubelet_stopped(running: Engine) -> Iterator[None]:
    """Take a node's kubelet away, as a power cut would; what runs there is not touched."""
    running.run("exec", WORKER, "systemctl", "stop", "kubelet")
    try:
        yield
    finally:
        running.run("exec", WORKER, "systemctl", "start", "kubelet")
