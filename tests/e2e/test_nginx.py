"""nginx in front of the pods: what it adds to a Service, seen from a client."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from cluster import catalog, lifecycle
from cluster.lifecycle import Connection
from devkit import paths
from devkit.workloads.models import Example
from tests.e2e.lib.client import ROW, Client
from tests.e2e.lib.objects import Objects
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release, image_source
from tests.e2e.lib.waiting import until

IMAGE = catalog.load().tagged("docker.io/nginxinc/nginx-unprivileged")
VALUES = paths.REPOSITORY / "examples" / "values" / "behind-nginx.yaml"
# Two pods of each kind: what is proved needs no more.
PODS = 2
SETTLED_SECONDS = 60
LIMIT = {"nginx.rateLimit.requestsPerSecond": "1", "nginx.rateLimit.burst": "4"}
NO_LIMIT = {"nginx.rateLimit.requestsPerSecond": "0", "nginx.rateLimit.burst": "0"}
# Lines of an nginx's log, each a request: those of the last seconds.
LOOKED_AT = 1000


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


def answered_to(objects: Objects, nginx: Any) -> set[str]:
    """The addresses of the servers that have answered to this nginx of late."""
    name = nginx.metadata.name
    log = objects.core.read_namespaced_pod_log(name, objects.namespace, container="nginx", tail_lines=LOOKED_AT)
    found = set()
    for line in log.splitlines():
        # Warnings are no JSON.
        if not line.startswith("{"):
            continue
        request = json.loads(line)
        # Of a request that was sent twice, there are two of each, in the same order.
        places, statuses = (re.split(r", | : ", request[key]) for key in ("upstream", "upstream_status"))
        found |= {place.rpartition(":")[0] for place, status in zip(places, statuses, strict=False) if status == "200"}
    return found


def test_a_pod_that_dies_without_a_word_costs_no_request(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    def every_nginx_has_every_server() -> bool:
        objects.settled(release.name, PODS)
        servers = {pod.metadata.name: pod.status.pod_ip for pod in objects.pods(release.name)}
        nginxes = [pod for pod in objects.pods_of(release.name) if pod.metadata.name not in servers]
        assert len(nginxes) == PODS
        silent = {pod.metadata.name: set(servers.values()) - answered_to(objects, pod) for pod in nginxes}
        assert not any(silent.values()), f"these have not yet answered to an nginx: {silent}"
        return True

    with client.traffic(f"{release.service}-nginx") as traffic:
        # Each asks DNS on its own: one that knows only of the pod that dies would have nobody left to ask.
        until("every nginx has every server", every_nginx_has_every_server, SETTLED_SECONDS)
        for pod in objects.pods(release.name):
            # As when a node's power fails: no signal, no drain.
            objects.core.delete_namespaced_pod(pod.metadata.name, objects.namespace, grace_period_seconds=0)
            until("another answers in its place", every_nginx_has_every_server, SETTLED_SECONDS)
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
    assert "input_data" in refused.json["error"]


def test_a_body_that_is_too_large_is_refused_as_the_servers_would(release: Release, client: Client) -> None:
    (refused,) = client.post(entry(release), [json.dumps({"input_data": [ROW] * 1_000_000})])
    assert refused.status == 413
    assert "larger than 16777216 bytes" in refused.json["error"]


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
    assert "too many requests from this address" in refused.json["error"]
    assert refused.headers["retry-after"] == "1"
