"""Both example models, served from OCI images with the values files of the example."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from pytest_helm_charts.clusters import Cluster
from pytest_helm_charts.k8s.deployment import wait_for_deployments_to_run

from devkit.workloads.models import EXAMPLES, Example
from tests.e2e.lib import reference
from tests.e2e.lib.client import ROW, Client
from tests.e2e.lib.objects import Objects, is_ready, restarts
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release, image_source
from tests.e2e.lib.waiting import until

PODS = 3

BAD_REQUESTS = {
    "not JSON": ("{", "body"),
    "not an object": ("[[5.1, 3.5, 1.4, 0.2]]", "body"),
    "missing rows": ('{"rows": [[5.1, 3.5, 1.4, 0.2]]}', "input_data"),
    "an empty list": ('{"input_data": []}', "input_data"),
    "missing column": ('{"input_data": [[5.1, 3.5, 1.4]]}', "input_data: row 0"),
    "text instead of a number": ('{"input_data": [[5.1, 3.5, 1.4, 0.2], [5.1, 3.5, "1.4", 0.2]]}', "row 1, column 2"),
    "NaN": ('{"input_data": [[5.1, 3.5, 1.4, NaN]]}', "row 0, column 3"),
    "null": ('{"input_data": null}', "input_data"),
    "unknown key": ('{"input_data": [[5.1, 3.5, 1.4, 0.2]], "version": 2}', "version"),
}


@dataclass(frozen=True)
class Served:
    """An installed model, and the reference predictions for the held-out rows."""

    release: Release
    published: Published
    rows: list[list[float]]
    local: list[Any]


@pytest.fixture(scope="module")
def before(objects: Objects, client: Client) -> set[str]:  # noqa: ARG001
    """The objects in the namespace before the installation; the client exists already."""
    return objects.everything()


@pytest.fixture(scope="module")
def both(
    release_of: Callable[[Example], Release],
    sklearn_model: Published,
    keras_model: Published,
    kube_cluster: Cluster,
    namespace: str,
    before: set[str],  # noqa: ARG001
) -> dict[str, Served]:
    """Both models installed, and their reference predictions."""

    def install(published: Published) -> Served:
        release = release_of(published.model.example)
        release.upgrade(image_source(published.reference))
        rows, _ = published.model.held_out()
        return Served(release, published, rows, reference.predictions(published.model, rows))

    with ThreadPoolExecutor() as pool:
        served = list(pool.map(install, [sklearn_model, keras_model]))
    names = [f"{item.release.name}-model-server" for item in served]
    wait_for_deployments_to_run(kube_cluster.kube_client, names, namespace, 60, missing_ok=False)
    return {item.release.name: item for item in served}


@pytest.fixture(params=[example.name for example in EXAMPLES])
def served(both: dict[str, Served], request: pytest.FixtureRequest) -> Served:
    """One of the two models."""
    return both[request.param]


def test_predicts_held_out_rows_like_the_library(served: Served, client: Client) -> None:
    answer = client.predict(served.release.url, served.rows)
    reference.assert_same(answer.prediction, served.local)


def test_every_pod_predicts_like_the_library(served: Served, client: Client, objects: Objects) -> None:
    bodies = [json.dumps({"input_data": [row]}) for row in served.rows]

    def every_pod_has_responded() -> bool:
        answers = client.post(served.release.url, bodies)
        reference.assert_same([answer.prediction[0] for answer in answers], served.local)
        pods = objects.pods(served.release.name)
        assert len(pods) == PODS
        silent = [pod.metadata.name for pod in pods if not any('"/predict"' in line for line in objects.log(pod))]
        assert not silent, silent
        return True

    # kube-proxy adds a pod some seconds after it is ready.
    until("every pod has responded", every_pod_has_responded, 20)


def test_responses_name_model_and_version(served: Served, client: Client) -> None:
    answer = client.predict(served.release.url, served.rows)
    assert answer.headers["x-model-name"] == served.release.name
    assert answer.version == served.published.model.version == "1"


def test_pods_run_on_both_nodes(served: Served, objects: Objects) -> None:
    nodes = {pod.spec.node_name for pod in objects.pods(served.release.name)}
    schedulable = [node for node in objects.core.list_node().items if not node.spec.taints]
    assert len(nodes) == min(len(schedulable), PODS)


def test_chart_test_passes(served: Served) -> None:
    printed = served.release.test()
    assert "Succeeded" in printed


def test_invalid_requests_return_400_with_the_field(served: Served, client: Client, objects: Objects) -> None:
    answers = client.post(served.release.url, [body for body, _ in BAD_REQUESTS.values()])
    for (what, (_, place)), answer in zip(BAD_REQUESTS.items(), answers, strict=True):
        assert answer.status == 400, what
        assert set(answer.json) == {"error"}, what
        assert place in answer.json["error"], what
    for pod in objects.pods(served.release.name):
        assert is_ready(pod)
        assert restarts(pod) == 0
    assert client.predict(served.release.url, [ROW]).status == 200


def test_uninstalling_leaves_nothing_behind(both: dict[str, Served], objects: Objects, before: set[str]) -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda served: served.release.uninstall(), both.values()))

    def as_before() -> bool:
        assert objects.everything() == before
        return True

    # Helm waits for its own objects; derived objects such as EndpointSlices are deleted within seconds.
    until("the namespace is as before the installation", as_before, 60)
    for name in both:
        assert not objects.labelled(name)
