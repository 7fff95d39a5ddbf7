"""How pods of one version are chosen and treated, as the values under `destination` say."""

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
# What the chart has without a word in the values.
ERRORS_IN_A_ROW = 5
CALLER = "x-user"


def two_pods(case: MeshCase, destination: Mapping[str, Any], locality: str = "") -> tuple[Backend, Backend]:
    """Two pods of one version that have not been asked yet; the first one runs in a place that Istio is told."""
    told = case.workload("1", POD, locality=locality)
    other = installed("canary", case, {"versions": ONE_VERSION, "destination": destination})["1"]
    told.forget()
    return told, other


def fails(_: Received) -> Reply:
    """What a pod answers that is broken."""
    return Reply(status=503)


def left_out(case: MeshCase) -> int:
    """How many pods the gateway leaves out now."""
    return figure(case, "outlier_detection.ejections_active")


def figure(case: MeshCase, name: str) -> int:
    """One of Envoy's figures about the model's Service, all subsets together."""
    pattern = rf"^{gateway.OUTBOUND}.*\|{MODEL}\.{case.namespace}\..*\.{name}$"
    return sum(case.mesh.gateway.stats(pattern).values())


def test_a_pod_that_fails_is_left_out_after_five_errors_in_a_row(case: MeshCase) -> None:
    """What the chart does without a word in the values."""
    broken, _ = two_pods(case, {})
    broken.respond = fails
    counted = Counter(answer.status for answer in case.send_many(100))
    assert counted == {503: ERRORS_IN_A_ROW, 200: 100 - ERRORS_IN_A_ROW}
    assert left_out(case) == 1


def test_a_pod_that_was_left_out_is_asked_again_after_its_time(case: MeshCase) -> None:
    broken, _ = two_pods(case, {"outlierDetection": {"interval": "100ms", "baseEjectionTime": "200ms"}})
    answers, broken.respond = broken.respond, fails
    waiting.until("the pod is left out", lambda: case.send().status and left_out(case) == 1)
    broken.respond = answers
    broken.forget()
    waiting.until("the pod is asked again", lambda: case.send().version == "1" and broken.received)


def test_pods_are_not_left_out_where_the_values_say_so(case: MeshCase) -> None:
    broken, _ = two_pods(case, {"outlierDetection": {"enabled": False}})
    broken.respond = fails
    counted = Counter(answer.status for answer in case.send_many(60))
    assert counted[503] > ERRORS_IN_A_ROW, counted


def test_one_callers_requests_go_to_one_pod_where_a_header_tells_callers_apart(case: MeshCase) -> None:
    pods = two_pods(case, {"hashHeader": CALLER})
    asked = Counter[int]()
    for caller in range(40):
        case.send_many(3, headers={CALLER: f"caller-{caller}"})
        counts = [len(pod.received) for pod in pods]
        assert sorted(counts) == [0, 3], f"requests of one caller went to both pods: {counts}"
        asked[counts.index(3)] += 1
        for pod in pods:
            pod.forget()
    assert len(asked) == 2, "all callers went to the same pod"


def test_requests_for_which_there_is_no_room_are_answered_at_once(case: MeshCase) -> None:
    """One is under way and one waits for its connection: there is no room for a third."""
    pool = {"maxConnections": 1, "http1MaxPendingRequests": 1}
    values = {"versions": ONE_VERSION, "destination": {"connectionPool": pool}}
    server = installed("canary", case, values)["1"]
    answers, go_on = server.respond, threading.Event()

    def waits(request: Received) -> Reply:
        go_on.wait(timeout=http_client.TIMEOUT_SECONDS)
        return answers(request)

    server.respond = waits
    with ThreadPoolExecutor() as callers:
        try:
            under_way = callers.submit(case.send)
            waiting.until("a request is under way", lambda: len(server.received) == 1)
            waits_for_it = callers.submit(case.send)
            waiting.until("another one waits", lambda: figure(case, "upstream_rq_pending_active") == 1)
            refused = case.send()
        finally:
            go_on.set()
    assert (refused.status, refused.headers["x-envoy-overloaded"]) == (503, "true")
    assert [under_way.result().status, waits_for_it.result().status] == [200, 200]


def test_pods_near_by_are_asked_first_and_others_where_these_fail(case: MeshCase) -> None:
    near, elsewhere = two_pods(
        case, {"locality": {"enabled": True}, "outlierDetection": {"maxEjectionPercent": 100}}, gateway.LOCALITY
    )
    assert set(http_client.versions(case.send_many(40))) == {"1"}
    assert (len(near.received), len(elsewhere.received)) == (40, 0)
    near.respond = fails
    counted = Counter(answer.status for answer in case.send_many(40))
    assert counted == {503: ERRORS_IN_A_ROW, 200: 40 - ERRORS_IN_A_ROW}
    assert len(elsewhere.received) == 40 - ERRORS_IN_A_ROW


def test_pods_near_by_are_not_preferred_unless_the_values_say_so(case: MeshCase) -> None:
    near, elsewhere = two_pods(case, {}, gateway.LOCALITY)
    case.send_many(40)
    assert near.received
    assert elsewhere.received
