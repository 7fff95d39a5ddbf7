"""Two versions of a model in the mesh, the routes to them, and clients inside and outside the mesh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from kubernetes.client import ApiClient
from pytest_helm_charts.clusters import Cluster

from cluster.kubectl import PRIVILEGED, RESTRICTED
from tests.e2e.istio.routes import GATEWAY, Routes
from tests.e2e.lib import namespaces
from tests.e2e.lib.client import Client
from tests.e2e.lib.objects import Objects
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release, image_source

FOLDER = Path(__file__).resolve().parent
NAME, OUTSIDE = "e2e-mesh", "e2e-outside"
IN_MESH = {"sidecar.istio.io/inject": "true"}


@dataclass(frozen=True)
class Mesh:
    """Two versions of a model behind a gateway, a client in the mesh and one outside."""

    routes: Routes
    release: Release
    objects: Objects
    inside: Client
    outside: Client

    @property
    def gateway(self) -> str:
        """The URL for clients outside the mesh."""
        return f"http://{GATEWAY}"


@pytest.fixture(scope="package")
def mesh(
    istio: None,  # noqa: ARG001
    whole_cluster: Cluster,
    api: ApiClient,
    second_version: Published,
    chart_path: str,
    server_digest: str,
) -> Iterator[Mesh]:
    """The installed releases and the clients."""
    release = Release("iris", FOLDER / "model-server.yaml", NAME, chart_path, server_digest)
    routes = Routes(NAME)
    try:
        for name in (NAME, OUTSIDE):
            namespaces.make(whole_cluster, api, name, PRIVILEGED if name == NAME else RESTRICTED)
        # The clients start while the release is installed.
        inside, outside = Client(NAME, IN_MESH), Client(OUTSIDE)
        release.upgrade(image_source(second_version.reference))
        routes.upgrade()
        yield Mesh(routes, release, Objects(api, NAME), inside, outside)
    finally:
        for name in (NAME, OUTSIDE):
            namespaces.delete(api, name)


@pytest.fixture(scope="package")
def namespace(mesh: Mesh) -> str:
    """The namespace for diagnostics of failed tests."""
    return mesh.routes.namespace
