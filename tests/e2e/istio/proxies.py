"""What the servers' proxies are still busy with after a change."""

from __future__ import annotations

from cluster.kubectl import kubectl
from tests.e2e.istio.conftest import Mesh
from tests.e2e.lib.objects import is_ready

DRAINING = "listener_manager.total_filter_chains_draining"


def draining(mesh: Mesh) -> int:
    """How many configurations of before still serve the connections that were open when they were replaced.

    Envoy ends these connections within its ``drainDuration``; until then the old policies hold for them.
    """
    return sum(_draining(mesh, pod.metadata.name) for pod in mesh.objects.pods("iris") if is_ready(pod))


def _draining(mesh: Mesh, pod: str) -> int:
    ask = ("pilot-agent", "request", "GET", f"stats?filter={DRAINING}")
    said = kubectl("--namespace", mesh.objects.namespace, "exec", pod, "--container", "istio-proxy", "--", *ask)
    name, _, count = said.strip().partition(": ")
    assert name == DRAINING, said
    return int(count)
