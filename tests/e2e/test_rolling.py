"""Upgrade, rollback, fewer pods and the drain of a node while requests keep coming: not one may fail."""

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
# The last pods of before go on serving for their drain time after Helm is content.
SETTLED_SECONDS = 60


@pytest.fixture(scope="module")
def release(release_of: Callable[[Example], Release], sklearn_model: Published, client: Client) -> Release:
    """Version 1, with the example's values."""
    first = release_of(sklearn_model.model.example)
    first.upgrade(image_source(sklearn_model.reference))
    assert client.predict(first.url, [ROW]).version == "1"
    return first


def test_no_request_fails_while_an_upgrade_brings_the_next_version(
    release: Release,
    second_version: Published,
    client: Client,
    objects: Objects,
    record_property: Callable[[str, object], None],
) -> None:
    with client.traffic(release.service) as traffic:
        release.upgrade(image_source(second_version.reference))
        until("only the new pods are there", lambda: objects.settled(release.name, PODS), SETTLED_SECONDS)
    record_property("measured", traffic.summary())
    assert_all_answered(traffic)
    assert client.predict(release.url, [ROW]).version == "2"


def test_no_request_fails_while_a_rollback_brings_the_version_before(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    with client.traffic(release.service) as traffic:
        release.rollback()
        until("only the new pods are there", lambda: objects.settled(release.name, PODS), SETTLED_SECONDS)
    record_property("measured", traffic.summary())
    assert_all_answered(traffic)
    assert client.predict(release.url, [ROW]).version == "1"


def test_no_request_fails_while_a_node_is_drained(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    node = next(pod.spec.node_name for pod in objects.pods(release.name) if pod.spec.node_name != home_of(client))
    with client.traffic(release.service) as traffic, drained(node, f"app={release.service}"):
        # Those that were evicted have ended, and others have taken their place on the other node.
        until("the pods are on the other node", lambda: objects.settled(release.name, PODS), SETTLED_SECONDS)
        assert node not in {pod.spec.node_name for pod in objects.pods(release.name)}
    record_property("measured", traffic.summary())
    assert_all_answered(traffic, by={"1"})


def test_no_request_fails_while_the_release_shrinks_to_one_pod(
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


def home_of(client: Client) -> str:
    """The node that the sender of the traffic is on, which must stay as it is."""
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
    """Every request had its answer, and all these versions gave some: where both did, the traffic saw the change."""
    traffic.assert_nothing_lost()
    assert set(traffic.versions) == (by or {"1", "2"})
    assert sum(traffic.versions.values()) == traffic.sent
