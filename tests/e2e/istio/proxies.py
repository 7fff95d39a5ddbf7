"""The sidecars of the servers after a change of their configuration."""

from __future__ import annotations

from cluster.kubectl import kubectl
from tests.e2e.istio.conftest import Mesh
from tests.e2e.lib.objects import is_ready

DRAINING = "listener_manager.total_filter_chains_draining"


def draining(mesh: Mesh) -> int:
    """Return the number of replaced listener configurations that still serve their open connections.

    Envoy closes these connections within its ``drainDuration``; until then the old policies apply to them.
    """
    return sum(_draining(mesh, pod.metadata.name) for pod in mesh.objects.pods("iris") if is_ready(pod))


def _draining(mesh: Mesh, pod: str) -> int:
    request = ("pilot-agent", "request", "GET", f"stats?filter={DRAINING}")
    output = kubectl("--namespace", mesh.objects.namespace, "exec", pod, "--container", "istio-proxy", "--", *request)
    name, _, count = output.strip().partition(": ")
    assert name == DRAINING, output
    return int(count)
