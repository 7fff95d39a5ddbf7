"""Fixtures of the end-to-end tests: the cluster, the published models, a namespace and a client for each module.

The fixtures of pytest-helm-charts are configured here instead of on the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from kubernetes.client import ApiClient
from kubernetes.config import new_client_from_config
from pytest_helm_charts.clusters import Cluster, ExistingCluster

from cluster import lifecycle, registry, settings
from cluster.addons import istio as istio_addon
from cluster.console import Console
from cluster.kubectl import kubectl
from cluster.lifecycle import Connection
from devkit import paths
from devkit.workloads import models, serving
from devkit.workloads.models import Example, ModelVersion
from devkit.workloads.serving import SERVER_IMAGE
from tests.e2e.lib import diagnostics, namespaces, published
from tests.e2e.lib.client import Client
from tests.e2e.lib.objects import Objects
from tests.e2e.lib.published import KERAS, SKLEARN, Published
from tests.e2e.lib.releases import Release

FOLDER = Path(__file__).resolve().parent
MEASURED = "measured"

Training = dict[Example, Future[ModelVersion]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder; pytest calls the hook with all tests."""
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Save diagnostics of the cluster when a test fails, and name the folder in the report."""
    report: pytest.TestReport = yield  # type: ignore[assignment] # pluggy sends the report back
    has_namespace = item.path.is_relative_to(FOLDER) and "namespace" in getattr(item, "fixturenames", ())
    if report.failed and report.when != "teardown" and has_namespace:
        # If the fixture itself failed, only the name of the namespace is known.
        name = getattr(item, "funcargs", {}).get("namespace") or namespaces.name_for(item.path)
        try:
            saved = diagnostics.collect(item.name, name).relative_to(paths.REPOSITORY)
            report.sections.append(("the cluster", f"Descriptions, events and logs are in {saved}"))
        except Exception as error:
            # A failure to collect must not hide the failure of the test.
            report.sections.append(("the cluster", f"Diagnostics could not be collected: {error}"))
    return report  # type: ignore[return-value]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the measurements of the tests."""
    figures = [
        f"{report.nodeid.rpartition('::')[2]}: {value}"
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for key, value in report.user_properties
        if key == MEASURED
    ]
    if figures:
        terminalreporter.section("measured on the cluster")
        for figure in figures:
            terminalreporter.line(figure)


@pytest.fixture(scope="session")
def training(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Training]:
    """Both example models, in training while the cluster starts."""
    root = tmp_path_factory.mktemp("models")
    with ThreadPoolExecutor(max_workers=1) as background:
        yield {example: background.submit(models.train, example, root) for example in (SKLEARN, KERAS)}


@pytest.fixture(scope="session")
def connection(training: Training, pytestconfig: pytest.Config) -> Iterator[Connection]:  # noqa: ARG001
    """The cluster, created if it does not exist, with the server's image in its registry."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    # The first start can take many minutes, so its progress must be visible.
    with capture.global_and_fixture_disabled():
        console = Console()
        lifecycle.up(console)
        lifecycle.load([SERVER_IMAGE], console)
    connected = lifecycle.connect(Console(quiet=True))
    yield connected
    published.remove_images(connected)


@pytest.fixture(scope="session")
def istio(connection: Connection, pytestconfig: pytest.Config) -> Iterator[None]:
    """Istio on the cluster; removed at the end unless it was installed before."""
    was_there = kubectl("get", "namespace", "istio-system", "--ignore-not-found")
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    # The first time, it is compiled for minutes, so the progress must be visible.
    with capture.global_and_fixture_disabled():
        istio_addon.install(connection.engine, connection.images, Console())
    yield
    if not was_there:
        istio_addon.remove(Console(quiet=True))


@pytest.fixture(scope="session")
def server_digest(connection: Connection) -> str:  # noqa: ARG001
    """The digest of the server's current image."""
    return registry.digest(SERVER_IMAGE)


@pytest.fixture(scope="session")
def sklearn_model(connection: Connection, training: Training) -> Published:
    """Version 1 of the scikit-learn model."""
    return published.publish(connection, training[SKLEARN].result())


@pytest.fixture(scope="session")
def keras_model(connection: Connection, training: Training) -> Published:
    """Version 1 of the Keras model."""
    return published.publish(connection, training[KERAS].result())


@pytest.fixture(scope="session")
def second_version(connection: Connection, sklearn_model: Published) -> Published:
    """Version 2 of the scikit-learn model, trained on another split; its image also contains version 1."""
    return published.publish(connection, models.train(SKLEARN, sklearn_model.repository, seed=1))


@pytest.fixture(scope="session")
def api(connection: Connection) -> Iterator[ApiClient]:  # noqa: ARG001
    """The typed client. The session ends while its namespaces are deleted; the next one waits for those it needs."""
    with new_client_from_config(str(paths.KUBECONFIG)) as client:  # type: ignore[no-untyped-call]
        yield client


@pytest.fixture(scope="session")
def kube_config(connection: Connection) -> str:  # noqa: ARG001
    """pytest-helm-charts: the kubeconfig of its ``kube_cluster``."""
    return str(paths.KUBECONFIG)


@pytest.fixture(scope="session")
def whole_cluster(kube_config: str) -> Iterator[Cluster]:
    """pytest-helm-charts' ``kube_cluster`` with session scope."""
    cluster = ExistingCluster(kube_config)
    cluster.create()
    yield cluster
    cluster.destroy()


@pytest.fixture(scope="session")
def cluster_type() -> str:
    """pytest-helm-charts: the type of the cluster."""
    return "kind"


@pytest.fixture(scope="session")
def cluster_version() -> str:
    """pytest-helm-charts: the version of Kubernetes."""
    return settings.KUBERNETES_VERSION


@pytest.fixture(scope="session")
def chart_path(pytestconfig: pytest.Config) -> str:
    """pytest-helm-charts: the chart under test; ``--chart-path`` can name a packaged one."""
    return str(pytestconfig.getoption("chart_path") or serving.CHART)


@pytest.fixture(scope="module")
def namespace(kube_cluster: Cluster, api: ApiClient, request: pytest.FixtureRequest) -> Iterator[str]:
    """A namespace for the module, with Pod Security ``restricted``."""
    name = namespaces.name_for(request.path)
    namespaces.make(kube_cluster, api, name)
    yield name
    namespaces.delete(api, name)


@pytest.fixture(scope="module")
def objects(api: ApiClient, namespace: str) -> Objects:
    """The objects of the module's namespace."""
    return Objects(api, namespace)


@pytest.fixture(scope="module")
def client(namespace: str) -> Client:
    """A client pod in the module's namespace."""
    return Client(namespace)


@pytest.fixture(scope="module")
def release_of(namespace: str, chart_path: str, server_digest: str) -> Callable[[Example], Release]:
    """Return the release of an example in the module's namespace; it is not installed yet."""
    return lambda example: Release(example.name, example.values, namespace, chart_path, server_digest)
