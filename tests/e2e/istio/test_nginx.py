"""The nginx load balancer of charts/model-server, outside the mesh and in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from kubernetes.client import ApiClient
from pytest_helm_charts.clusters import Cluster

from cluster import catalog, lifecycle
from cluster.lifecycle import Connection
from devkit import paths
from tests.e2e.istio.conftest import FOLDER, Mesh
from tests.e2e.lib import namespaces
from tests.e2e.lib.client import Client
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release, image_source

IMAGE = catalog.load().tagged("docker.io/nginxinc/nginx-unprivileged")
BEHIND_NGINX = paths.REPOSITORY / "examples" / "values" / "behind-nginx.yaml"
OUTSIDE = "e2e-nginx-outside"
SMALL = {
    "replicaCount": "2",
    "nginx.replicaCount": "1",
    "nginx.rateLimit.requestsPerSecond": "0",
    "nginx.rateLimit.burst": "0",
}
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def image(connection: Connection) -> None:
    """The image of nginx, in the registry."""
    lifecycle.load([IMAGE], connection.console)


@pytest.mark.usefixtures("image")
def test_nginx_outside_the_mesh_is_not_affected(
    mesh: Mesh, whole_cluster: Cluster, api: ApiClient, sklearn_model: Published, record_property: Record
) -> None:
    namespaces.make(whole_cluster, api, OUTSIDE)
    try:
        nginx = Release("iris-sklearn", BEHIND_NGINX, OUTSIDE, mesh.release.chart, mesh.release.digest)
        nginx.upgrade({**image_source(sklearn_model.reference), **SMALL})
        with Client(OUTSIDE).traffic(f"{nginx.service}-nginx") as traffic:
            mesh.routes.split(v1=50, v2=50)
            mesh.routes.upgrade()
        record_property("measured", traffic.summary())
        traffic.assert_nothing_lost()
    finally:
        namespaces.delete(api, OUTSIDE)


@pytest.fixture
def behind_nginx(mesh: Mesh, image: None, second_version: Published) -> Iterator[Mesh]:  # noqa: ARG001
    """nginx with a sidecar, in front of servers whose sidecars reject plain text."""
    mesh.routes.upgrade()
    try:
        mesh.release.upgrade(image_source(second_version.reference), file=FOLDER / "nginx-in-mesh.yaml")
        yield mesh
    finally:
        mesh.release.upgrade(image_source(second_version.reference))


def test_nginx_in_the_mesh_loses_no_request(behind_nginx: Mesh, record_property: Record) -> None:
    with behind_nginx.inside.traffic(f"{behind_nginx.release.service}-nginx") as traffic:
        behind_nginx.routes.split(v1=50, v2=50)
        behind_nginx.routes.upgrade()
    record_property("measured", traffic.summary())
    traffic.assert_nothing_lost()
