"""A release with every optional object: it is reachable from outside, and uninstalling it leaves nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from devkit.workloads.models import Example
from tests.e2e.lib import reference
from tests.e2e.lib.client import ROW, Client
from tests.e2e.lib.objects import Objects
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release, image_source
from tests.e2e.lib.waiting import until

HOST = "iris.example.org"
VALUES = {
    "service.type": "LoadBalancer",
    "ingress.enabled": "true",
    "ingress.hosts[0].host": HOST,
    "ingress.hosts[0].paths[0].path": "/",
    "ingress.hosts[0].paths[0].pathType": "Prefix",
    "ingress.tls[0].secretName": "iris-tls",
    "ingress.tls[0].hosts[0]": HOST,
    "autoscaling.enabled": "true",
    "autoscaling.minReplicas": "1",
    "autoscaling.maxReplicas": "2",
    "secret.create": "true",
    "secret.stringData.TOKEN": "not-a-secret",
    # Clients of a load balancer or an Ingress controller are outside the namespace.
    "networkPolicy.ingressFrom[0].ipBlock.cidr": "0.0.0.0/0",
}
KINDS = {
    "configmap",
    "deployment.apps",
    "horizontalpodautoscaler.autoscaling",
    "ingress.networking.k8s.io",
    "networkpolicy.networking.k8s.io",
    "poddisruptionbudget.policy",
    "secret",
    "service",
    "serviceaccount",
}


@pytest.fixture(scope="module")
def before(objects: Objects, client: Client) -> set[str]:  # noqa: ARG001
    """The objects in the namespace before the installation; the client exists already."""
    return objects.everything()


@pytest.fixture(scope="module")
def release(release_of: Callable[[Example], Release], sklearn_model: Published, before: set[str]) -> Release:  # noqa: ARG001
    """The scikit-learn model with every optional object."""
    complete = release_of(sklearn_model.model.example)
    complete.upgrade({**image_source(sklearn_model.reference), **VALUES})
    return complete


def test_every_kind_of_object_exists_with_labels(release: Release, objects: Objects) -> None:
    assert {name.partition("/")[0] for name in objects.labelled(release.name)} >= KINDS


def test_load_balancer_is_reachable_through_every_node(
    release: Release, sklearn_model: Published, client: Client, objects: Objects
) -> None:
    service = objects.core.read_namespaced_service(release.service, objects.namespace)
    assert service.spec.type == "LoadBalancer"
    # kind has no load balancers, so send to the node ports, as a load balancer does.
    port = service.spec.ports[0].node_port
    addresses = [
        address.address
        for node in objects.core.list_node().items
        for address in node.status.addresses
        if address.type == "InternalIP"
    ]
    assert addresses
    for address in addresses:
        answer = client.predict(f"http://{address}:{port}", [ROW])
        reference.assert_same(answer.prediction, reference.predictions(sklearn_model.model, [ROW]))


def test_ingress_routes_its_host_to_the_service(release: Release, objects: Objects) -> None:
    # The API server accepts it; the cluster has no Ingress controller.
    ingress = objects.networking.read_namespaced_ingress(release.service, objects.namespace)
    (rule,) = ingress.spec.rules
    (path,) = rule.http.paths
    service = objects.core.read_namespaced_service(release.service, objects.namespace)
    assert (rule.host, path.path, path.path_type) == (HOST, "/", "Prefix")
    assert path.backend.service.name == service.metadata.name
    assert path.backend.service.port.name in [port.name for port in service.spec.ports]
    assert ingress.spec.tls[0].secret_name == "iris-tls"  # noqa: S105 # a name


def test_uninstalling_leaves_nothing_behind(release: Release, objects: Objects, before: set[str]) -> None:
    release.uninstall()

    def as_before() -> bool:
        assert objects.everything() == before
        return True

    until("the namespace is as before the installation", as_before, 60)
    assert not objects.labelled(release.name)
