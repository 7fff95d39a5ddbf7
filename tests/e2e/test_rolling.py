"""Upgrade, rollback, scale-down and node drain under load: no request may fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from cluster.kubectl import kubectl
from devkit.workloads.models import Example
from tests.e2e.lib.client import ROW, Client, Traffic
from tests.e2e.lib.objects import Objects
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release, image_source
from tests.e2e.lib.waiting import until

PODS = 3
# The old pods keep serving during their drain time, after Helm has finished.
SETTLED_SECONDS = 60


@pytest.fixture(scope="module")
def release(release_of: Callable[[Example], Release], sklearn_model: Published, client: Client) -> Release:
    """Version 1 with the example's values."""
    first = release_of(sklearn_model.model.example)
    first.upgrade(image_source(sklearn_model.reference))
    assert client.predict(first.url, [ROW]).version == "1"
    return first


def test_upgrade_to_the_next_version_loses_no_request(
    release: Release,
    second_version: Published,
    client: Client,
    objects: Objects,
    record_property: Callable[[str, object], None],
) -> None:
    with client.traffic(release.service) as traffic:
        release.upgrade(image_source(second_version.reference))
        until("only the new pods are left", lambda: objects.settled(release.name, PODS), SETTLED_SECONDS)
    record_property("measured", traffic.summary())
    assert_all_answered(traffic)
    assert client.predict(release.url, [ROW]).version == "2"


def test_rollback_loses_no_request(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    with client.traffic(release.service) as traffic:
        release.rollback()
        until("only the new pods are left", lambda: objects.settled(release.name, PODS), SETTLED_SECONDS)
    record_property("measured", traffic.summary())
    assert_all_answered(traffic)
    assert client.predict(release.url, [ROW]).version == "1"


def test_node_drain_loses_no_request(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    node = next(pod.spec.node_name for pod in objects.pods(release.name) if pod.spec.node_name != node_of(client))
    with client.traffic(release.service) as traffic, drained(node, f"app={release.service}"):
        # The evicted pods are gone, and replaced on the other node.
        until("the pods are on the other node", lambda: objects.settled(release.name, PODS), SETTLED_SECONDS)
        assert node not in {pod.spec.node_name for pod in objects.pods(release.name)}
    record_property("measured", traffic.summary())
    assert_all_answered(traffic, by={"1"})


def test_scale_down_to_one_pod_loses_no_request(
    release: Release,
    sklearn_model: Published,
    client: Client,
    objects: Objects,
    record_property: Callable[[str, object], None],
) -> None:
    with client.traffic(release.service) as traffic:
        release.upgrade({**image_source(sklearn_model.reference), "replicaCount": "1"})
        until("one pod is left", lambda: objects.settled(release.name, 1), SETTLED_SECONDS)
    record_property("measured", traffic.summary())
    assert_all_answered(traffic, by={"1"})


def node_of(client: Client) -> str:
    """Return the node of the client pod, which must not be drained."""
    return kubectl("--namespace", client.namespace, "get", "pod", client.pod, "--output=jsonpath={.spec.nodeName}")


@contextmanager
def drained(node: str, pods: str) -> Iterator[None]:
    """Evict a release's pods from a node as `kubectl drain` does, which asks their budget; then give the node back."""
    try:
        kubectl(
            *("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", f"--pod-selector={pods}"),
            *("--timeout=150s",),
            seconds=180,
        )
        yield
    finally:
        kubectl("uncordon", node)


def assert_all_answered(traffic: Traffic, *, by: set[str] | None = None) -> None:
    """Assert that every request was answered, by exactly these versions."""
    traffic.assert_nothing_lost()
    assert set(traffic.versions) == (by or {"1", "2"})
    assert sum(traffic.versions.values()) == traffic.sent
