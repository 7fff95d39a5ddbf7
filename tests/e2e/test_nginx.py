"""The nginx load balancer in front of the pods, from the point of view of a client."""

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
# Two pods of each kind are enough for these tests.
PODS = 2
SETTLED_SECONDS = 60
LIMIT = {"nginx.rateLimit.requestsPerSecond": "1", "nginx.rateLimit.burst": "4"}
NO_LIMIT = {"nginx.rateLimit.requestsPerSecond": "0", "nginx.rateLimit.burst": "0"}
# Lines of nginx's log to read, one a request; those of the last seconds.
LOG_LINES = 1000


@pytest.fixture(scope="module")
def release(
    connection: Connection, release_of: Callable[[Example], Release], sklearn_model: Published, client: Client
) -> Release:
    """A release with the example values file, without its rate limit."""
    lifecycle.load([IMAGE], connection.console)
    example = release_of(sklearn_model.model.example)
    behind = Release(example.name, VALUES, example.namespace, example.chart, example.digest)
    behind.upgrade({**image_source(sklearn_model.reference), **NO_LIMIT, "replicaCount": str(PODS)})
    assert client.predict(entry(behind), [ROW]).version == "1"
    return behind


def entry(release: Release) -> str:
    """Return the URL for clients."""
    return f"{release.url}-nginx"


def responding_servers(objects: Objects, nginx: Any) -> set[str]:
    """Return the addresses of the servers that recently responded to this nginx."""
    name = nginx.metadata.name
    log = objects.core.read_namespaced_pod_log(name, objects.namespace, container="nginx", tail_lines=LOG_LINES)
    found = set()
    for line in log.splitlines():
        # Warnings are not JSON.
        if not line.startswith("{"):
            continue
        request = json.loads(line)
        # A retried request has two of each, in the same order.
        places, statuses = (re.split(r", | : ", request[key]) for key in ("upstream", "upstream_status"))
        found |= {place.rpartition(":")[0] for place, status in zip(places, statuses, strict=False) if status == "200"}
    return found


def test_killed_pod_loses_no_request(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    def every_nginx_has_every_server() -> bool:
        objects.settled(release.name, PODS)
        servers = {pod.metadata.name: pod.status.pod_ip for pod in objects.pods(release.name)}
        nginxes = [pod for pod in objects.pods_of(release.name) if pod.metadata.name not in servers]
        assert len(nginxes) == PODS
        silent = {pod.metadata.name: set(servers.values()) - responding_servers(objects, pod) for pod in nginxes}
        assert not any(silent.values()), f"servers without a response to an nginx: {silent}"
        return True

    with client.traffic(f"{release.service}-nginx") as traffic:
        # Each nginx resolves DNS separately; one that knows only the killed pod would have no server left.
        until("every nginx has every server", every_nginx_has_every_server, SETTLED_SECONDS)
        for pod in objects.pods(release.name):
            # As in a power failure of the node: no signal and no drain.
            objects.core.delete_namespaced_pod(pod.metadata.name, objects.namespace, grace_period_seconds=0)
            until("its replacement responds", every_nginx_has_every_server, SETTLED_SECONDS)
    record_property("measured", traffic.summary())
    traffic.assert_nothing_lost()


def test_rollout_of_nginx_and_servers_loses_no_request(
    release: Release,
    sklearn_model: Published,
    client: Client,
    objects: Objects,
    record_property: Callable[[str, object], None],
) -> None:
    values = {**image_source(sklearn_model.reference), **NO_LIMIT, "replicaCount": str(PODS)}
    with client.traffic(f"{release.service}-nginx") as traffic:
        release.upgrade({**values, "server.logLevel": "debug", "nginx.retries.attempts": "2"})
        until("only the new pods are left", lambda: objects.settled(release.name, PODS), SETTLED_SECONDS)
        until(
            "only the new nginx pods are left", lambda: len(objects.pods_of(release.name)) == 2 * PODS, SETTLED_SECONDS
        )
    record_property("measured", traffic.summary())
    traffic.assert_nothing_lost()


def test_client_error_of_the_servers_is_forwarded(release: Release, client: Client) -> None:
    (rejected,) = client.post(entry(release), [json.dumps({"input_data": "not rows"})])
    assert rejected.status == 400
    assert "input_data" in rejected.json["error"]


def test_too_large_body_is_rejected_like_by_the_servers(release: Release, client: Client) -> None:
    (rejected,) = client.post(entry(release), [json.dumps({"input_data": [ROW] * 1_000_000})])
    assert rejected.status == 413
    assert "larger than 16777216 bytes" in rejected.json["error"]


def test_rate_limit_returns_429_with_retry_after(
    release: Release, sklearn_model: Published, client: Client, objects: Objects
) -> None:
    values = {**image_source(sklearn_model.reference), "replicaCount": str(PODS), "nginx.replicaCount": "1"}
    release.upgrade({**values, **LIMIT})
    until("one nginx is left", lambda: len(objects.pods_of(release.name)) == PODS + 1, SETTLED_SECONDS)
    answers = client.post(entry(release), [json.dumps({"input_data": [ROW]})] * 30)
    statuses = Counter(answer.status for answer in answers)
    assert set(statuses) == {200, 429}, statuses
    rejected = next(answer for answer in answers if answer.status == 429)
    assert "too many requests from this address" in rejected.json["error"]
    assert rejected.headers["retry-after"] == "1"
