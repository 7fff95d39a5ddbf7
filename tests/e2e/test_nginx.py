"""nginx in front of the pods: what it adds to a Service, seen from a client."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from cluster import lifecycle, paths
from cluster.lifecycle import Connection
from examples.iris.models import Example
from tests.e2e.client import ROW, Client
from tests.e2e.objects import Objects
from tests.e2e.published import Published
from tests.e2e.releases import Release, image_source
from tests.e2e.waiting import until

IMAGE = "docker.io/nginxinc/nginx-unprivileged:1.30"
VALUES = paths.REPOSITORY / "examples" / "values" / "behind-nginx.yaml"
# Two pods of each kind: what is proved needs no more.
PODS = 2
SETTLED_SECONDS = 60
LIMIT = {"nginx.rateLimit.requestsPerSecond": "1", "nginx.rateLimit.burst": "4"}
NO_LIMIT = {"nginx.rateLimit.requestsPerSecond": "0", "nginx.rateLimit.burst": "0"}


@pytest.fixture(scope="module")
def release(
    connection: Connection, release_of: Callable[[Example], Release], sklearn_model: Published, client: Client
) -> Release:
    """The file that users are given, without its limit."""
    lifecycle.load([IMAGE], connection.console)
    example = release_of(sklearn_model.model.example)
    behind = Release(example.name, VALUES, example.namespace, example.chart, example.digest)
    behind.upgrade({**image_source(sklearn_model.reference), **NO_LIMIT, "replicaCount": str(PODS)})
    assert client.predict(entry(behind), [ROW]).version == "1"
    return behind


def entry(release: Release) -> str:
    """The Service that clients call."""
    return f"{release.url}-nginx"


def has_answered(objects: Objects, pod: Any) -> bool:
    """Whether the pod's log has an answer to a client."""
    return any('"/predict"' in line for line in objects.log(pod))


def test_a_pod_that_dies_without_a_word_costs_no_request(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    def another_answers_in_its_place() -> bool:
        objects.settled(release.name, PODS)
        silent = [pod.metadata.name for pod in objects.pods(release.name) if not has_answered(objects, pod)]
        assert not silent, f"not yet asked by nginx: {silent}"
        return True

    with client.traffic(f"{release.service}-nginx") as traffic:
        for pod in objects.pods(release.name):
            # As when a node's power fails: no signal, no drain.
            objects.core.delete_namespaced_pod(pod.metadata.name, objects.namespace, grace_period_seconds=0)
            until("another answers in its place", another_answers_in_its_place, SETTLED_SECONDS)
    record_property("measured", traffic.summary())
    traffic.assert_nothing_lost()


def test_no_request_fails_while_nginx_and_the_servers_roll(
    release: Release,
    sklearn_model: Published,
    client: Client,
    objects: Objects,
    record_property: Callable[[str, object], None],
) -> None:
    values = {**image_source(sklearn_model.reference), **NO_LIMIT, "replicaCount": str(PODS)}
    with client.traffic(f"{release.service}-nginx") as traffic:
        release.upgrade({**values, "server.logLevel": "debug", "nginx.retries.attempts": "2"})
        until("only the new pods are there", lambda: objects.settled(release.name, PODS), SETTLED_SECONDS)
        until("only the new nginx is there", lambda: len(objects.pods_of(release.name)) == 2 * PODS, SETTLED_SECONDS)
    record_property("measured", traffic.summary())
    traffic.assert_nothing_lost()


def test_a_request_that_the_servers_refuse_is_refused_in_their_words(release: Release, client: Client) -> None:
    (refused,) = client.post(entry(release), [json.dumps({"input_data": "not rows"})])
    assert refused.status == 400
    assert "input_data" in refused.body["error"]


def test_a_body_that_is_too_large_is_refused_as_the_servers_would(release: Release, client: Client) -> None:
    (refused,) = client.post(entry(release), [json.dumps({"input_data": [ROW] * 1_000_000})])
    assert refused.status == 413
    assert "larger than 16777216 bytes" in refused.body["error"]


def test_a_client_that_asks_too_often_is_told_when_to_come_back(
    release: Release, sklearn_model: Published, client: Client, objects: Objects
) -> None:
    values = {**image_source(sklearn_model.reference), "replicaCount": str(PODS), "nginx.replicaCount": "1"}
    release.upgrade({**values, **LIMIT})
    until("one nginx is left", lambda: len(objects.pods_of(release.name)) == PODS + 1, SETTLED_SECONDS)
    answers = client.post(entry(release), [json.dumps({"input_data": [ROW]})] * 30)
    statuses = Counter(answer.status for answer in answers)
    assert set(statuses) == {200, 429}, statuses
    refused = next(answer for answer in answers if answer.status == 429)
    assert "too many requests from this address" in refused.body["error"]
    assert refused.headers["Retry-After"] == "1"
