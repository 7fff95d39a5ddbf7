"""charts/istio-routing on a real Istio: it accepts every values file, and the examples route as they describe."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.harness.charts import ValuesFile
from tests.istio_local import gateway, http_client
from tests.istio_local.backends import Received, Reply
from tests.istio_local.manifests import MODEL
from tests.istio_local.mesh_case import INSTANCE_LABEL, NAME_LABEL, VERSION_LABEL, MeshCase, gateway_api_entry
from tests.istio_local.releases import (
    ALL_PROTOCOLS,
    FILES,
    ONE_VERSION,
    bodies,
    certificate,
    installed,
    public,
    released,
    served,
)

MANY = 500
PIN = "x-model-version"
ROUTED, SHADOW = "x-model-routed-version", "x-model-shadow"
# Envoy's timers may fire this early: they start at the time that its event loop last read the clock.
EARLY_SECONDS = 0.05


@pytest.mark.parametrize("file", FILES, ids=str)
def test_istio_and_envoy_accept_the_rendered_objects(file: ValuesFile, case: MeshCase, tmp_path: Path) -> None:
    """The API server and Istio's webhook validate the objects; the fixture checks what Envoy rejected."""
    release = released(file, case)
    served(case, release)
    rendered = bodies(case, release)
    assert rendered, "no rendered object is of a kind that the API server serves"
    case.apply([certificate(case, tmp_path), public(case), *rendered])


def test_canary_gets_its_share_and_a_header_pins_a_version(case: MeshCase) -> None:
    installed("canary", case)
    counted = http_client.versions(case.send_many(MANY))
    http_client.assert_share(counted["2"], MANY, 0.1, "responses of version 2")
    assert counted["1"] + counted["2"] == MANY, f"other responses: {counted}"
    for version in "12":
        assert set(http_client.versions(case.send_many(20, headers={PIN: version}))) == {version}
    unknown = case.send(headers={PIN: "7"})
    assert unknown.status == 404
    assert "error" in unknown.json
    assert case.send("/metrics", method="GET", body=None).status == 404, "only the paths of the protocols are routed"


def test_shadow_gets_every_request_mirrored_and_never_responds(case: MeshCase) -> None:
    servers = installed("shadow", case)
    assert set(http_client.versions(case.send_many(50, headers={SHADOW: "true", ROUTED: "2"}))) == {"1"}
    case.wait_for_mirrors()
    assert len(servers["2"].received) == 50
    assert {each.headers[ROUTED] for each in servers["2"].received} == {"1"}, (
        "mirrored requests must carry the version that responded"
    )
    assert {each.headers[ROUTED] for each in servers["1"].received} == {"1"}
    assert not any(SHADOW in each.headers for each in servers["1"].received), (
        "the shadow header of a client must be removed"
    )


def test_cookie_pins_the_version(case: MeshCase) -> None:
    installed("sticky", case)
    first = case.send()
    cookie = first.headers["set-cookie"].partition(";")[0]
    assert set(http_client.versions(case.send_many(30, headers={"cookie": cookie}))) == {first.version}


def test_gateway_api_splits_and_pins_like_istio_routes(case: MeshCase) -> None:
    parent = {"parentRefs": [{"name": case.namespace, "namespace": gateway.NAMESPACE}]}
    servers = installed("gateway-api", case, {"gateway": parent}, [gateway_api_entry(case)])
    counted = http_client.versions(case.send_many(MANY))
    http_client.assert_share(counted["2"], MANY, 0.1, "responses of version 2")
    assert counted["1"] + counted["2"] == MANY, f"other responses: {counted}"
    for version, server in servers.items():
        assert {each.headers[ROUTED] for each in server.received} == {version}
        assert set(http_client.versions(case.send_many(20, headers={PIN: version}))) == {version}


def test_prefix_is_removed_before_the_server(case: MeshCase) -> None:
    routing = {"prefix": "/fraud/eu-1.0", "protocols": ALL_PROTOCOLS}
    servers = installed("canary", case, {"versions": ONE_VERSION, "routing": routing}, path="/fraud/eu-1.0/predict")
    for path in ("/predict?rows=1", "/v1/models/iris:predict", "/v2", "/v2/models/iris/infer"):
        method = "GET" if path == "/v2" else "POST"
        assert case.send(f"/fraud/eu-1.0{path}", method=method).status == 200, f"the prefix must route {path}"
        assert servers["1"].received[-1].path == path
    for path in ("/predict", "/fraud/predict", "/fraud/eu-1x0/predict", "/fraud/eu-1.0", "/fraud/eu-1.0/metrics"):
        assert case.send(path).status == 404, f"{path} must not be routed"


def test_requests_without_a_required_header_are_not_found(case: MeshCase) -> None:
    good = {"x-tenant": "fraud"}
    servers = installed("canary", case, {"routing": {"headers": good}}, headers=good)
    assert case.send(headers={**good, PIN: "2"}).version == "2"
    servers["2"].forget()
    for wrong in ({}, {"x-tenant": "sales"}, {"x-tenant": "frauds"}, {PIN: "2"}):
        assert case.send(headers=wrong).status == 404, f"{wrong} must not be routed"
    assert not [*servers["1"].received, *servers["2"].received]


def test_pinning_a_drained_an_unknown_and_an_empty_version(case: MeshCase) -> None:
    """An empty header is routed by the weights, like a missing one: some clients send empty headers."""
    versions = [{"name": "1", "weight": 100}, {"name": "2", "weight": 0}, {"name": "0", "drain": True}]
    servers = installed("canary", case, {"versions": versions})
    for pin, status, message in (("0", 410, "being removed"), ("7", 404, "no such version"), ("1,2", 404, "no such")):
        answer = case.send(headers={PIN: pin})
        assert answer.status == status, f"{PIN}: {pin} returned {answer.status}"
        assert answer.headers["content-type"] == "application/json"
        assert message in answer.json["error"]
        assert "there are 1, 2" in answer.json["error"], "a drained version must not be offered"
    assert case.send(headers={PIN: "2"}).version == "2", "a version without weight can be pinned"
    assert set(http_client.versions(case.send_many(20, headers={PIN: ""}))) == {"1"}
    assert servers["0"].received == []


def test_abort_fault_rejects_its_share_before_the_model(case: MeshCase) -> None:
    fault = {"abort": {"percentage": 25, "httpStatus": 429}}
    servers = installed("canary", case, {"versions": ONE_VERSION, "routing": {"faults": fault}})
    counted = Counter(answer.status for answer in case.send_many(MANY))
    http_client.assert_share(counted[429], MANY, 0.25, "aborted requests")
    assert counted[200] + counted[429] == MANY, f"other statuses: {counted}"
    assert len(servers["1"].received) == counted[200]


def test_delay_fault_delays_responses(case: MeshCase) -> None:
    fault = {"delay": {"percentage": 100, "fixedDelay": "300ms"}}
    installed("canary", case, {"versions": ONE_VERSION, "routing": {"faults": fault}})
    seconds = []
    for _ in range(3):
        started = time.monotonic()
        assert case.send().version == "1"
        seconds.append(time.monotonic() - started)
    # A busy machine may be slow once, but not each time.
    assert min(seconds) >= 0.3 - EARLY_SECONDS, f"responses must take 0.3 s or more, but took {seconds}"


def test_cors_admits_the_listed_origins_only(case: MeshCase) -> None:
    page = "https://shop.example.org"
    cors = {"enabled": True, "allowOrigins": [page], "allowHeaders": ["content-type", PIN]}
    servers = installed("canary", case, {"routing": {"cors": cors}})

    def preflight(origin: str) -> http_client.ModelResponse:
        asked = {"access-control-request-method": "POST", "access-control-request-headers": f"content-type,{PIN}"}
        return case.send(method="OPTIONS", body=None, headers={"origin": origin, **asked})

    allowed = preflight(page)
    assert allowed.status == 200
    assert allowed.headers["access-control-allow-origin"] == page
    assert allowed.headers["access-control-allow-methods"] == "GET,POST,OPTIONS"
    assert allowed.headers["access-control-allow-headers"] == f"content-type,{PIN}"
    assert allowed.headers["access-control-max-age"] == str(24 * 3600)
    assert "access-control-allow-credentials" not in allowed.headers
    assert not [*servers["1"].received, *servers["2"].received], "preflight requests must not reach a model"
    pinned = case.send(headers={"origin": page, PIN: "2"})
    assert pinned.version == "2"
    assert pinned.headers["access-control-allow-origin"] == page
    for foreign in (preflight("https://shop.example.com"), case.send(headers={"origin": "http://shop.example.org"})):
        assert "access-control-allow-origin" not in foreign.headers


def test_timeout_is_a_504_of_the_proxy(case: MeshCase) -> None:
    servers = installed("canary", case, {"versions": ONE_VERSION, "routing": {"timeout": "1s"}})
    given_up = threading.Event()

    def late(_: Received) -> Reply:
        given_up.wait(timeout=http_client.TIMEOUT_SECONDS)
        return Reply()

    servers["1"].respond = late
    started = time.monotonic()
    try:
        answer = case.send()
    finally:
        given_up.set()
    assert answer.status == 504, f"{answer.status} {answer.body!r}"
    assert time.monotonic() - started >= 1 - EARLY_SECONDS, "the timeout fired too early"
    # The clock alone would also accept a longer timeout.
    assert [each.headers["x-envoy-expected-rq-timeout-ms"] for each in servers["1"].received] == ["1000"]


def test_default_retries_refused_connections_but_not_errors(case: MeshCase) -> None:
    """The chart's default retries."""
    gone = case.workload("1", {NAME_LABEL: "model-server", INSTANCE_LABEL: MODEL, VERSION_LABEL: "1"})
    gone.stop()
    servers = installed("canary", case, {"versions": ONE_VERSION})
    assert set(http_client.versions(case.send_many(40))) == {"1"}
    assert len(servers["1"].received) == 40
    retried = case.mesh.gateway.stats(rf"{gateway.OUTBOUND}.*\|{MODEL}\.{case.namespace}\..*\.upstream_rq_retry$")
    assert sum(retried.values()) > 0, "no connection was refused, so nothing was retried"
    servers["1"].forget()
    servers["1"].respond = lambda _: Reply(status=503)
    assert case.send().status == 503
    assert len(servers["1"].received) == 1, "a request that reached the model must not be repeated"


def test_values_can_retry_statuses(case: MeshCase) -> None:
    retries = {"attempts": 2, "retryOn": ["503"], "perTryTimeout": "5s"}
    servers = installed("canary", case, {"versions": ONE_VERSION, "routing": {"retries": retries}})
    server = servers["1"]
    answers = server.respond

    def busy(times: int) -> None:
        server.forget()
        server.respond = lambda request: Reply(status=503) if len(server.received) <= times else answers(request)

    busy(1)
    assert case.send().version == "1"
    assert len(server.received) == 2
    busy(5)
    assert case.send().status == 503
    assert len(server.received) == 3, "the first attempt and two retries"
