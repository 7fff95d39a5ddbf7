"""The Ingress of charts/model-server, with Istio as the Ingress controller."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.istio.conftest import Mesh
from tests.e2e.lib.client import ROW
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import image_source
from tests.e2e.lib.waiting import until

HOST = "ingress.example.org"
SERVED_SECONDS = 30
VALUES = {
    "ingress.enabled": "true",
    "ingress.className": "istio",
    "ingress.hosts[0].host": HOST,
    "ingress.hosts[0].paths[0].path": "/predict",
    "ingress.hosts[0].paths[0].pathType": "Exact",
}


@pytest.fixture(scope="module")
def exposed(mesh: Mesh, second_version: Published) -> Iterator[Mesh]:
    """The release with an Ingress."""
    try:
        mesh.release.upgrade({**image_source(second_version.reference), **VALUES})
        yield mesh
    finally:
        mesh.release.upgrade(image_source(second_version.reference))


def test_ingress_routes_its_host_and_path_only(exposed: Mesh) -> None:
    def served() -> bool:
        assert exposed.outside.predict(exposed.gateway, [ROW], {"Host": HOST}).status == 200
        return True

    until("the Ingress is served", served, SERVED_SECONDS)
    others = [("elsewhere.example.org", "/predict"), (HOST, "/metrics")]
    answers = exposed.outside.send(
        [{"url": f"{exposed.gateway}{path}", "headers": {"Host": host}} for host, path in others]
    )
    assert [answer.status for answer in answers] == [404, 404]
