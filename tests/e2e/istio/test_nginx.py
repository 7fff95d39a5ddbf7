"""The nginx load balancer of charts/model-server and the test of its release, outside the mesh and in it.

The servers' sidecars accept mutual TLS only. The cluster does not enforce NetworkPolicies, so the ports that sidecars
need are not tested here; tests/charts/model_server evaluates the policies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from kubernetes.client import ApiClient
from pytest_helm_charts.clusters import Cluster

from cluster import catalog, lifecycle
from cluster.lifecycle import Connection
from devkit import paths
from devkit.errors import UserError
from tests.e2e.istio.conftest import FOLDER, NAME, Mesh
from tests.e2e.lib import namespaces
from tests.e2e.lib.client import ROW, Client
from tests.e2e.lib.objects import is_ready
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release, image_source
from tests.e2e.lib.waiting import until

IN_MESH = FOLDER / "nginx-in-mesh.yaml"
IMAGE = catalog.load().tagged("docker.io/nginxinc/nginx-unprivileged")
BEHIND_NGINX = paths.REPOSITORY / "examples" / "values" / "behind-nginx.yaml"
OUTSIDE = "e2e-nginx-outside"
SMALL = {
    "replicaCount": "2",
    "nginx.replicaCount": "1",
    "nginx.rateLimit.requestsPerSecond": "0",
    "nginx.rateLimit.burst": "0",
}
LABEL = "sidecar.istio.io/inject"
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


@pytest.fixture(scope="module")
def behind_nginx(mesh: Mesh, image: None, second_version: Published) -> Iterator[Mesh]:  # noqa: ARG001
    """nginx with a sidecar, in front of servers whose sidecars reject plain text."""
    mesh.routes.upgrade()
    try:
        mesh.release.upgrade(image_source(second_version.reference), file=IN_MESH)
        yield mesh
    finally:
        mesh.release.upgrade(image_source(second_version.reference))


def test_nginx_in_the_mesh_loses_no_request(behind_nginx: Mesh, record_property: Record) -> None:
    with behind_nginx.inside.traffic(f"{behind_nginx.release.service}-nginx") as traffic:
        behind_nginx.routes.split(v1=50, v2=50)
        behind_nginx.routes.upgrade()
    record_property("measured", traffic.summary())
    traffic.assert_nothing_lost()


def test_release_test_passes_in_the_mesh(behind_nginx: Mesh) -> None:
    assert "Succeeded" in behind_nginx.release.test()


def test_clients_outside_the_mesh_reach_the_servers_only_through_nginx(behind_nginx: Mesh) -> None:
    with pytest.raises(UserError, match=r"ConnectionResetError|Connection reset by peer"):
        behind_nginx.outside.predict(f"{behind_nginx.release.url}.{NAME}", [ROW])
    response = behind_nginx.outside.predict(f"{behind_nginx.release.url}-nginx.{NAME}", [ROW])
    assert response.status == 200, response


def test_nginx_without_a_sidecar_reaches_no_server(behind_nginx: Mesh, second_version: Published) -> None:
    # The value "false" would be a boolean on the command line.
    key = LABEL.replace(".", r"\.")
    values = {**image_source(second_version.reference), f"nginx.podLabels.{key}": "no"}
    behind_nginx.release.upgrade(values, file=IN_MESH, wait=False)
    try:

        def refused() -> bool:
            pods = behind_nginx.objects.pods_of("iris")
            (pod,) = [pod for pod in pods if pod.metadata.labels.get(LABEL) == "no"]
            assert pod.status.pod_ip
            assert not is_ready(pod)
            return behind_nginx.inside.predict(f"http://{pod.status.pod_ip}:8080", [ROW]).status == 502

        until("nginx responds with 502", refused, 60)
    finally:
        behind_nginx.release.upgrade(image_source(second_version.reference), file=IN_MESH)
