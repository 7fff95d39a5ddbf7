"""Load balancing between the pods of one version, with the values under `destination`."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.istio_local import gateway, http_client, waiting
from tests.istio_local.backends import Backend, Received, Reply
from tests.istio_local.manifests import MODEL
from tests.istio_local.mesh_case import INSTANCE_LABEL, NAME_LABEL, VERSION_LABEL, MeshCase
from tests.istio_local.releases import ONE_VERSION, installed

POD = {NAME_LABEL: "model-server", INSTANCE_LABEL: MODEL, VERSION_LABEL: "1"}
# The chart's default.
ERRORS_IN_A_ROW = 5
CALLER = "x-user"


def two_pods(case: MeshCase, destination: Mapping[str, Any], locality: str = "") -> tuple[Backend, Backend]:
    """Two pods of one version without requests; the first one has a locality."""
    first = case.workload("1", POD, locality=locality)
    other = installed("canary", case, {"versions": ONE_VERSION, "destination": destination})["1"]
    first.forget()
    return first, other


def fails(_: Received) -> Reply:
    """Respond like a broken pod."""
    return Reply(status=503)


def ejected(case: MeshCase) -> int:
    """Return the number of pods that are ejected now."""
    return stat(case, "outlier_detection.ejections_active")


def stat(case: MeshCase, name: str) -> int:
    """Return one of Envoy's statistics of the model's Service, summed over all subsets."""
    pattern = rf"^{gateway.OUTBOUND}.*\|{MODEL}\.{case.namespace}\..*\.{name}$"
    return sum(case.mesh.gateway.stats(pattern).values())


def test_failing_pod_is_ejected_after_five_consecutive_errors(case: MeshCase) -> None:
    """The chart's default outlier detection."""
    broken, _ = two_pods(case, {})
    broken.respond = fails
    counted = Counter(answer.status for answer in case.send_many(100))
    assert counted == {503: ERRORS_IN_A_ROW, 200: 100 - ERRORS_IN_A_ROW}
    assert ejected(case) == 1


def test_ejected_pod_returns_after_the_ejection_time(case: MeshCase) -> None:
    broken, _ = two_pods(case, {"outlierDetection": {"interval": "100ms", "baseEjectionTime": "200ms"}})
    answers, broken.respond = broken.respond, fails
    waiting.until("the pod is ejected", lambda: case.send().status and ejected(case) == 1)
    broken.respond = answers
    broken.forget()
    waiting.until("the pod receives requests again", lambda: case.send().version == "1" and broken.received)


def test_outlier_detection_can_be_disabled(case: MeshCase) -> None:
    broken, _ = two_pods(case, {"outlierDetection": {"enabled": False}})
    broken.respond = fails
    counted = Counter(answer.status for answer in case.send_many(60))
    assert counted[503] > ERRORS_IN_A_ROW, counted


def test_hash_header_sends_each_client_to_one_pod(case: MeshCase) -> None:
    pods = two_pods(case, {"hashHeader": CALLER})
    clients = Counter[int]()
    for caller in range(40):
        case.send_many(3, headers={CALLER: f"caller-{caller}"})
        counts = [len(pod.received) for pod in pods]
        assert sorted(counts) == [0, 3], f"requests of one client went to both pods: {counts}"
        clients[counts.index(3)] += 1
        for pod in pods:
            pod.forget()
    assert len(clients) == 2, "all clients went to the same pod"


def test_full_connection_pool_rejects_requests_at_once(case: MeshCase) -> None:
    """One request is in flight and one is pending, so the third is rejected."""
    pool = {"maxConnections": 1, "http1MaxPendingRequests": 1}
    values = {"versions": ONE_VERSION, "destination": {"connectionPool": pool}}
    server = installed("canary", case, values)["1"]
    answers, go_on = server.respond, threading.Event()

    def block(request: Received) -> Reply:
        go_on.wait(timeout=http_client.TIMEOUT_SECONDS)
        return answers(request)

    server.respond = block
    with ThreadPoolExecutor() as callers:
        try:
            in_flight = callers.submit(case.send)
            waiting.until("a request is in flight", lambda: len(server.received) == 1)
            pending = callers.submit(case.send)
            waiting.until("another one is pending", lambda: stat(case, "upstream_rq_pending_active") == 1)
            rejected = case.send()
        finally:
            go_on.set()
    assert (rejected.status, rejected.headers["x-envoy-overloaded"]) == (503, "true")
    assert [in_flight.result().status, pending.result().status] == [200, 200]


def test_locality_prefers_near_pods_and_fails_over(case: MeshCase) -> None:
    near, elsewhere = two_pods(
        case, {"locality": {"enabled": True}, "outlierDetection": {"maxEjectionPercent": 100}}, gateway.LOCALITY
    )
    assert set(http_client.versions(case.send_many(40))) == {"1"}
    assert (len(near.received), len(elsewhere.received)) == (40, 0)
    near.respond = fails
    counted = Counter(answer.status for answer in case.send_many(40))
    assert counted == {503: ERRORS_IN_A_ROW, 200: 40 - ERRORS_IN_A_ROW}
    assert len(elsewhere.received) == 40 - ERRORS_IN_A_ROW


def test_locality_has_no_effect_by_default(case: MeshCase) -> None:
    near, elsewhere = two_pods(case, {}, gateway.LOCALITY)
    case.send_many(40)
    assert near.received
    assert elsewhere.received
