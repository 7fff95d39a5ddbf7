"""charts/istio-routing on a real Istio: every values file is taken, and the examples do what their first line says."""

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
# By so much Envoy's timers may be ahead of a clock: they begin with the time at which its loop last looked.
EARLY_SECONDS = 0.05


@pytest.mark.parametrize("file", FILES, ids=str)
def test_istio_and_envoy_take_what_is_rendered(file: ValuesFile, case: MeshCase, tmp_path: Path) -> None:
    """The API server, Istio's webhook and Envoy each may refuse; the fixture asks Envoy."""
    release = released(file, case)
    served(case, release)
    rendered = bodies(case, release)
    assert rendered, "nothing was rendered that is served here"
    case.apply([certificate(case, tmp_path), public(case), *rendered])


def test_a_canary_gets_its_share_and_a_header_pins_a_version(case: MeshCase) -> None:
    installed("canary", case)
    counted = http_client.versions(case.send_many(MANY))
    http_client.assert_share(counted["2"], MANY, 0.1, "answers of version 2")
    assert counted["1"] + counted["2"] == MANY, f"somebody else has answered: {counted}"
    for version in "12":
        assert set(http_client.versions(case.send_many(20, headers={PIN: version}))) == {version}
    unknown = case.send(headers={PIN: "7"})
    assert unknown.status == 404
    assert "error" in unknown.json
    assert case.send("/metrics", method="GET", body=None).status == 404, "only the protocols' paths lead anywhere"


def test_a_shadow_gets_a_copy_of_each_request_and_answers_nobody(case: MeshCase) -> None:
    servers = installed("shadow", case)
    assert set(http_client.versions(case.send_many(50, headers={SHADOW: "true", ROUTED: "2"}))) == {"1"}
    case.wait_for_copies()
    assert len(servers["2"].received) == 50
    assert {each.headers[ROUTED] for each in servers["2"].received} == {"1"}, "a copy cannot be told from a request"
    assert {each.headers[ROUTED] for each in servers["1"].received} == {"1"}
    assert not any(SHADOW in each.headers for each in servers["1"].received), "a caller is believed to be a shadow"


def test_who_keeps_the_cookie_stays_with_a_version(case: MeshCase) -> None:
    installed("sticky", case)
    first = case.send()
    cookie = first.headers["set-cookie"].partition(";")[0]
    assert set(http_client.versions(case.send_many(30, headers={"cookie": cookie}))) == {first.version}


def test_the_gateway_api_splits_and_pins_as_istios_own(case: MeshCase) -> None:
    parent = {"parentRefs": [{"name": case.namespace, "namespace": gateway.NAMESPACE}]}
    servers = installed("gateway-api", case, {"gateway": parent}, [gateway_api_entry(case)])
    counted = http_client.versions(case.send_many(MANY))
    http_client.assert_share(counted["2"], MANY, 0.1, "answers of version 2")
    assert counted["1"] + counted["2"] == MANY, f"somebody else has answered: {counted}"
    for version, server in servers.items():
        assert {each.headers[ROUTED] for each in server.received} == {version}
        assert set(http_client.versions(case.send_many(20, headers={PIN: version}))) == {version}


def test_a_prefix_leads_to_the_model_and_the_server_does_not_see_it(case: MeshCase) -> None:
    routing = {"prefix": "/fraud/eu-1.0", "protocols": ALL_PROTOCOLS}
    servers = installed("canary", case, {"versions": ONE_VERSION, "routing": routing}, path="/fraud/eu-1.0/predict")
    for path in ("/predict?rows=1", "/v1/models/iris:predict", "/v2", "/v2/models/iris/infer"):
        method = "GET" if path == "/v2" else "POST"
        assert case.send(f"/fraud/eu-1.0{path}", method=method).status == 200, f"the prefix does not lead to {path}"
        assert servers["1"].received[-1].path == path
    for path in ("/predict", "/fraud/predict", "/fraud/eu-1x0/predict", "/fraud/eu-1.0", "/fraud/eu-1.0/metrics"):
        assert case.send(path).status == 404, f"{path} leads to the model"


def test_who_lacks_a_header_that_is_asked_for_finds_nothing_and_pins_nothing(case: MeshCase) -> None:
    good = {"x-tenant": "fraud"}
    servers = installed("canary", case, {"routing": {"headers": good}}, headers=good)
    assert case.send(headers={**good, PIN: "2"}).version == "2"
    servers["2"].forget()
    for wrong in ({}, {"x-tenant": "sales"}, {"x-tenant": "frauds"}, {PIN: "2"}):
        assert case.send(headers=wrong).status == 404, f"{wrong} has been let through"
    assert not [*servers["1"].received, *servers["2"].received]


def test_a_drained_version_is_gone_an_unknown_one_is_not_found_and_an_empty_header_pins_nothing(case: MeshCase) -> None:
    """An empty header goes by the weights, as if it were not there: some callers send one for what they leave open."""
    versions = [{"name": "1", "weight": 100}, {"name": "2", "weight": 0}, {"name": "0", "drain": True}]
    servers = installed("canary", case, {"versions": versions})
    for pin, status, said in (("0", 410, "being removed"), ("7", 404, "no such version"), ("1,2", 404, "no such")):
        answer = case.send(headers={PIN: pin})
        assert answer.status == status, f"{PIN}: {pin} was answered with {answer.status}"
        assert answer.headers["content-type"] == "application/json"
        assert said in answer.json["error"]
        assert "there are 1, 2" in answer.json["error"], "a drained version is offered"
    assert case.send(headers={PIN: "2"}).version == "2", "a version without weight can be pinned"
    assert set(http_client.versions(case.send_many(20, headers={PIN: ""}))) == {"1"}
    assert servers["0"].received == []


def test_a_fault_refuses_its_share_and_the_model_hears_nothing_of_these(case: MeshCase) -> None:
    fault = {"abort": {"percentage": 25, "httpStatus": 429}}
    servers = installed("canary", case, {"versions": ONE_VERSION, "routing": {"faults": fault}})
    counted = Counter(answer.status for answer in case.send_many(MANY))
    http_client.assert_share(counted[429], MANY, 0.25, "requests that were refused")
    assert counted[200] + counted[429] == MANY, f"something else was answered: {counted}"
    assert len(servers["1"].received) == counted[200]


def test_a_fault_lets_requests_wait_and_then_answers_them(case: MeshCase) -> None:
    fault = {"delay": {"percentage": 100, "fixedDelay": "300ms"}}
    installed("canary", case, {"versions": ONE_VERSION, "routing": {"faults": fault}})
    seconds = []
    for _ in range(3):
        begun = time.monotonic()
        assert case.send().version == "1"
        seconds.append(time.monotonic() - begun)
    # A busy machine may be slow once, and not each time.
    assert min(seconds) >= 0.3 - EARLY_SECONDS, f"answered after {seconds} seconds, and not after 0.3 or more"


def test_a_web_page_that_may_call_is_told_so_by_the_proxy_and_others_are_not(case: MeshCase) -> None:
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
    assert not [*servers["1"].received, *servers["2"].received], "a preflight has come to a model"
    pinned = case.send(headers={"origin": page, PIN: "2"})
    assert pinned.version == "2"
    assert pinned.headers["access-control-allow-origin"] == page
    for foreign in (preflight("https://shop.example.com"), case.send(headers={"origin": "http://shop.example.org"})):
        assert "access-control-allow-origin" not in foreign.headers


def test_who_waits_longer_than_the_timeout_is_answered_by_the_proxy(case: MeshCase) -> None:
    servers = installed("canary", case, {"versions": ONE_VERSION, "routing": {"timeout": "1s"}})
    given_up = threading.Event()

    def late(_: Received) -> Reply:
        given_up.wait(timeout=http_client.TIMEOUT_SECONDS)
        return Reply()

    servers["1"].respond = late
    begun = time.monotonic()
    try:
        answer = case.send()
    finally:
        given_up.set()
    assert answer.status == 504, f"{answer.status} {answer.body!r}"
    assert time.monotonic() - begun >= 1 - EARLY_SECONDS, "a timeout before its time"
    # By the clock alone, any longer timeout would do.
    assert [each.headers["x-envoy-expected-rq-timeout-ms"] for each in servers["1"].received] == ["1000"]


def test_a_connection_that_is_refused_is_tried_elsewhere_and_a_failure_of_the_model_is_not(case: MeshCase) -> None:
    """The retries that the chart has without a word in the values."""
    gone = case.workload("1", {NAME_LABEL: "model-server", INSTANCE_LABEL: MODEL, VERSION_LABEL: "1"})
    gone.stop()
    servers = installed("canary", case, {"versions": ONE_VERSION})
    assert set(http_client.versions(case.send_many(40))) == {"1"}
    assert len(servers["1"].received) == 40
    retried = case.mesh.gateway.stats(rf"{gateway.OUTBOUND}.*\|{MODEL}\.{case.namespace}\..*\.upstream_rq_retry$")
    assert sum(retried.values()) > 0, "the pod that is gone was never tried, and this test says nothing"
    servers["1"].forget()
    servers["1"].respond = lambda _: Reply(status=503)
    assert case.send().status == 503
    assert len(servers["1"].received) == 1, "a request that had come to the model was repeated"


def test_a_model_that_is_busy_is_asked_again_where_the_values_say_so(case: MeshCase) -> None:
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
    assert len(server.received) == 3, "the first attempt, and two more"
