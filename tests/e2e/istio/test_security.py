"""Mutual TLS and authorization: only clients in the mesh connect, and only those in the values are authorized."""

from __future__ import annotations

import pytest

from devkit.errors import UserError
from tests.e2e.istio.conftest import NAME, Mesh
from tests.e2e.lib.client import ROW
from tests.e2e.lib.waiting import until

APPLIED_SECONDS = 20
CALLERS = "security.authorization"


def test_rejects_plain_text_from_outside_the_mesh(mesh: Mesh) -> None:
    mesh.routes.upgrade()
    with pytest.raises(UserError, match=r"ConnectionResetError|Connection reset by peer"):
        mesh.outside.predict(f"{mesh.release.url}.{NAME}", [ROW])


def test_metrics_can_be_scraped_from_outside_the_mesh(mesh: Mesh) -> None:
    mesh.routes.upgrade()
    for pod in mesh.objects.pods("iris"):
        script = f"import urllib.request as r; print(r.urlopen('http://{pod.status.pod_ip}:8081/metrics').status)"
        assert mesh.outside.run(script, "") == "200\n"


def test_only_listed_callers_are_authorized(mesh: Mesh) -> None:
    mesh.routes.upgrade({CALLERS: {"enabled": True, "callers": [{"namespaces": ["istio-ingress"]}]}})
    until_statuses(mesh, gateway=200, inside=403)
    callers = [{"principals": [f"cluster.local/ns/{NAME}/sa/default"], "methods": ["POST"]}]
    mesh.routes.upgrade({CALLERS: {"enabled": True, "callers": callers}})
    until_statuses(mesh, gateway=403, inside=200)
    mesh.routes.upgrade()
    until_statuses(mesh, gateway=200, inside=200)


def until_statuses(mesh: Mesh, gateway: int, inside: int) -> None:
    """Wait until requests through the gateway and in the mesh return these statuses from every pod, repeatedly."""
    bodies = ['{"input_data": [[5.1, 3.5, 1.4, 0.2]]}'] * 5

    def statuses() -> bool:
        by_gateway = mesh.outside.post(mesh.gateway, bodies, mesh.routes.headers)
        in_mesh = mesh.inside.post(mesh.release.url, bodies)
        seen = {answer.status for answer in by_gateway}, {answer.status for answer in in_mesh}
        assert seen == ({gateway}, {inside}), seen
        return True

    until(f"requests return {gateway} through the gateway and {inside} in the mesh", statuses, APPLIED_SECONDS)
