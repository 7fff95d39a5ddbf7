"""charts/monitoring on the cluster, and models that receive traffic all the time.

The stack, the models and the traffic are shared by all modules of this folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from kubernetes.client import ApiClient
from pytest_helm_charts.clusters import Cluster

from cluster import catalog
from cluster.console import Console
from cluster.helm import helm
from cluster.kubectl import kubectl
from cluster.lifecycle import Connection
from devkit.workloads import monitoring, port_forward, serving
from tests.e2e.lib import namespaces, prerequisites, published
from tests.e2e.lib.client import Client
from tests.e2e.lib.objects import Objects, is_ready
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release, image_source
from tests.e2e.lib.waiting import until
from tests.e2e.monitoring import failing_model
from tests.e2e.monitoring.stack import MODELS, Stack

WORKER = "model-serving-worker"
STACK = "e2e-monitoring"
FOLDER = Path(__file__).resolve().parent
WEBHOOK = FOLDER / "webhook.yaml"
WEBHOOK_PROGRAM = FOLDER / "in_pod_webhook.py"
ADAPTER = {"adapter.image": catalog.load().tagged("registry.k8s.io/prometheus-adapter/prometheus-adapter")}


# Modules that disturb the stack come after the others; the loss of a node comes last.
ORDER = (
    "targets",
    "custom_metrics",
    "metrics_exist",
    "dashboards",
    "grafana",
    "alerts",
    "runbooks",
    "changes",
    "volumes",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the modules of this folder after all others, which are faster; pytest calls the hook with all tests."""
    names = [f"test_{name}" for name in ORDER]
    ours = [item for item in items if item.path.parent == FOLDER]
    others = [item for item in items if item.path.parent != FOLDER]
    items[:] = [*others, *sorted(ours, key=lambda item: _place(names, item.path.stem))]


def _place(names: list[str], module: str) -> int:
    return names.index(module) if module in names else len(names)


@dataclass(frozen=True)
class Models:
    """Two versions of a model in one release; the second one fails for some rows, and is a shadow of the first."""

    release: Release
    client: Client
    objects: Objects


@pytest.fixture(scope="session")
def settings(connection: Connection, pytestconfig: pytest.Config) -> list[str]:  # noqa: ARG001
    """The ``--set`` arguments for the current images of the stack."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    # The first time, they are compiled for minutes, so the progress must be visible.
    with capture.global_and_fixture_disabled():
        return monitoring.load(Console(), {**monitoring.IMAGES, **ADAPTER})


@pytest.fixture(scope="session")
def models(
    connection: Connection,
    whole_cluster: Cluster,
    api: ApiClient,
    server_digest: str,
    sklearn_model: Published,
    second_version: Published,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Models]:
    """The release `iris` with constant traffic from a client pod; version 2 also receives mirrored requests."""
    namespaces.make(whole_cluster, api, MODELS)
    repository = tmp_path_factory.mktemp("fragile")
    fragile = failing_model.fragile(second_version.at("2"), repository)
    reference = published.publish(connection, fragile, "e2e/fragile").reference
    chart = str(serving.CHART)
    iris = Release("iris", sklearn_model.model.example.values, MODELS, chart, server_digest)
    two = {
        "versions[0].name": "1",
        "versions[0].replicaCount": "1",
        "versions[1].name": "2",
        "versions[1].replicaCount": "1",
        "versions[1].model.source.image.reference": reference,
        "versions[1].shadow.compareWith": "1",
    }
    iris.upgrade({**image_source(sklearn_model.reference), **two})
    # kubectl exec needs the kubelet of the client's node, and a test stops that of the worker.
    kubectl("cordon", WORKER)
    try:
        client = Client(MODELS)
        assert client.pod
    finally:
        kubectl("uncordon", WORKER)
    try:
        shadow = f"{iris.service}-2"
        with (
            client.traffic(iris.service, threads=2, pause=0.05, seconds=3600),
            # The host with which a proxy identifies mirrored requests.
            client.traffic(shadow, authority=f"{shadow}-shadow", threads=1, pause=0.5, seconds=3600),
        ):
            yield Models(iris, client, Objects(api, MODELS))
    finally:
        namespaces.delete(api, MODELS)


@pytest.fixture(scope="session")
def stack(
    whole_cluster: Cluster, api: ApiClient, settings: list[str], server_digest: str, models: Models
) -> Iterator[Stack]:
    """The installed stack, with a webhook that receives notifications."""
    assert models.release.name
    namespaces.make(whole_cluster, api, STACK)
    monitoring.ensure_namespace(STACK)
    objects = Objects(api, STACK)
    prerequisites.add_config_map(objects, "webhook-code", {WEBHOOK_PROGRAM.name: WEBHOOK_PROGRAM.read_bytes()})
    prerequisites.add_secret(
        objects, "webhook", {"url": f"http://webhook.{STACK}/alerts", "token": prerequisites.TOKEN}
    )
    prerequisites.start(objects, WEBHOOK, SERVER_DIGEST=server_digest)
    # Otherwise the first notification fails, and Alertmanager counts it.
    until("the webhook is ready", lambda: is_ready(objects.core.read_namespaced_pod("webhook", STACK)), 60)
    with port_forward.api_server_proxy() as server:
        installed = Stack.of(api, server, STACK, tuple(settings))
        try:
            installed.upgrade()
            yield installed
        finally:
            # The release also has cluster-scoped objects.
            helm("uninstall", monitoring.RELEASE, "--namespace", STACK, check=False)
            namespaces.delete(api, STACK)


@pytest.fixture(scope="session", autouse=True)
def namespace(stack: Stack) -> str:
    """The namespace for diagnostics of failed tests."""
    return stack.namespace


@pytest.fixture(scope="session")
def settled(stack: Stack) -> Stack:
    """The stack after enough scrapes and rule evaluations for rates."""
    until(
        "recording rules have rates of both versions",
        lambda: len(stack.prometheus.query(f'model_version:requests:rate5m{{namespace="{MODELS}"}} > 0')) == 2,
        120,
    )
    return stack
