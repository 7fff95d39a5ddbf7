"""The loss of a node. The last module of the folder, since the pods of the node must recover afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cluster import engine
from cluster.engine import Engine
from cluster.kubectl import kubectl
from tests.e2e.monitoring.conftest import WORKER
from tests.e2e.monitoring.stack import Stack


def test_node_not_ready_fires(settled: Stack) -> None:
    running = engine.find()
    assert running
    with _kubelet_stopped(running):
        settled.wait_for_notification("NodeNotReady", 150, node=WORKER)
    settled.wait_for_notification("NodeNotReady", 120, "resolved", node=WORKER)
    kubectl("wait", "node", WORKER, "--for=condition=Ready", "--timeout=60s")


@contextmanager
def _kubelet_stopped(running: Engine) -> Iterator[None]:
    """Stop the kubelet of a node; its containers keep running."""
    running.run("exec", WORKER, "systemctl", "stop", "kubelet")
    try:
        yield
    finally:
        running.run("exec", WORKER, "systemctl", "start", "kubelet")
