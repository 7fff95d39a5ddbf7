"""Who may call: nobody outside the mesh, and inside it only whom the chart's values name."""

from __future__ import annotations

import pytest

from devkit.errors import UserError
from tests.e2e.istio.conftest import NAME, Mesh
from tests.e2e.lib.client import ROW
from tests.e2e.lib.waiting import until

APPLIED_SECONDS = 20
CALLERS = "security.authorization"


def test_a_caller_outside_the_mesh_is_refused_in_plain_text(mesh: Mesh) -> None:
    mesh.routes.upgrade()
    with pytest.raises(UserError, match=r"ConnectionResetError|Connection reset by peer"):
        mesh.outside.predict(f"{mesh.release.url}.{NAME}", [ROW])


def test_metrics_are_read_from_outside_the_mesh(mesh: Mesh) -> None:
    mesh.routes.upgrade()
    for pod in mesh.objects.pods("iris"):
        script = f"import urllib.request as r; print(r.urlopen('http://{pod.status.pod_ip}:8081/metrics').status)"
        assert mesh.outside.run(script, "") == "200\n"


def test_only_named_callers_are_let_through(mesh: Mesh) -> None:
    mesh.routes.upgrade({CALLERS: {"enabled": True, "callers": [{"namespaces": ["istio-ingress"]}]}})
    until_answered(mesh, gateway=200, inside=403)
    callers = [{"principals": [f"cluster.local/ns/{NAME}/sa/default"], "methods": ["POST"]}]
    mesh.routes.upgrade({CALLERS: {"enabled": True, "callers": callers}})
    until_answered(mesh, gateway=403, inside=200)
    mesh.routes.upgrade()
    until_answered(mesh, gateway=200, inside=200)


def until_answered(mesh: Mesh, gateway: int, inside: int) -> None:
    """Wait until those who come by the gateway, and those in the mesh, are answered so; by each pod, several times."""
    bodies = ['{"input_data": [[5.1, 3.5, 1.4, 0.2]]}'] * 5

    def statuses() -> bool:
        by_gateway = mesh.outside.post(mesh.gateway, bodies, mesh.routes.headers)
        in_mesh = mesh.inside.post(mesh.release.url, bodies)
        seen = {answer.status for answer in by_gateway}, {answer.status for answer in in_mesh}
        assert seen == ({gateway}, {inside}), seen
        return True

    until(f"the gateway's callers get {gateway}, those in the mesh {inside}", statuses, APPLIED_SECONDS)
