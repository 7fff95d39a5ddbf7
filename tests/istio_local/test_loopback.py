"""What charts/istio-routing relies on, each alone and written by hand: that this Istio and this Envoy route so."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from tests.istio_local import gateway, http_client, waiting
from tests.istio_local.api import RefusedError
from tests.istio_local.backends import Backend, Received, Reply
from tests.istio_local.manifests import MODEL, destination, routes, subsets, without_retries
from tests.istio_local.mesh_case import (
    INSTANCE_LABEL,
    NAME_LABEL,
    VERSION_LABEL,
    MeshCase,
    gateway_api_entry,
    gateway_for,
)

MANY = 1000
PIN = "x-model-version"
ROUTED = "x-model-routed-version"


def wait_for_all(case: MeshCase, servers: Mapping[str, Backend]) -> None:
    """Wait until each version has answered, and count from here."""
    seen: set[str] = set()

    def probe() -> bool:
        seen.add(case.send().version)
        return seen >= servers.keys()

    waiting.until(f"each of the versions {sorted(servers)} answers", probe)
    forget(case, servers)


def forget(case: MeshCase, servers: Mapping[str, Backend]) -> None:
    """Count from here."""
    case.wait_for_copies()
    for server in servers.values():
        server.forget()


def marked(version: str) -> dict[str, Any]:
    """What a destination of a VirtualService writes on the requests that go to it."""
    return {"headers": {"request": {"set": {ROUTED: version}}}}


def test_weights_split_the_requests(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1", "2"])
    rule = {"route": [destination(case, "1", 90), destination(case, "2", 10)]}
    case.apply([gateway_for(case.host), subsets(case, ["1", "2"]), routes(case, without_retries(rule))])
    wait_for_all(case, servers)
    counted = http_client.versions(case.send_many(MANY))
    http_client.assert_share(counted["2"], MANY, 0.1, "answers of version 2")
    assert counted["1"] + counted["2"] == MANY, f"somebody else has answered: {counted}"
    assert len(servers["2"].received) == counted["2"], "a request was repeated, or an answer was lost"


def test_a_weight_of_nothing_gets_nothing(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1", "2"])
    rule = {"route": [destination(case, "1", 100), destination(case, "2", 0)]}
    case.apply([gateway_for(case.host), subsets(case, ["1", "2"]), routes(case, without_retries(rule))])
    case.send_until("version 1 answers", lambda answer: answer.status == 200)
    assert set(http_client.versions(case.send_many(200))) == {"1"}
    assert servers["2"].received == []


def test_a_header_pins_a_version_and_an_unknown_one_is_answered_by_the_proxy(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1", "2"])
    unknown = json.dumps({"error": {"code": "unknown_version", "versions": ["1", "2"]}})
    pinned = [
        {"match": [{"headers": {PIN: {"exact": version}}}], "route": [destination(case, version)]} for version in "12"
    ]
    refused = {
        # An empty regular expression would be refused by Envoy; this one takes what is there, whatever it is.
        "match": [{"headers": {PIN: {"regex": ".*"}}}],
        "directResponse": {"status": 404, "body": {"string": unknown}},
        "headers": {"response": {"set": {"content-type": "application/json"}}},
    }
    rest = {"route": [destination(case, "1", 100), destination(case, "2", 0)]}
    case.apply([gateway_for(case.host), subsets(case, ["1", "2"]), routes(case, *pinned, refused, rest)])
    case.send_until("version 1 answers", lambda answer: answer.status == 200)
    for version in servers:
        counted = http_client.versions(case.send_many(50, headers={PIN: version}))
        assert set(counted) == {version}, f"{PIN}: {version} was answered by {counted}"
    for wrong in ("3", "", "1, 2", "v1"):
        answer = case.send(headers={PIN: wrong})
        assert answer.status == 404, f"{PIN}: {wrong!r} was answered with {answer.status}"
        assert answer.json == json.loads(unknown)
        assert answer.headers["content-type"] == "application/json"


def test_a_share_of_the_requests_is_copied(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1", "2"])
    copies = [{**destination(case, "2"), "percentage": {"value": 25}}]
    rule = without_retries({"route": [destination(case, "1", 100)], "mirrors": copies})
    case.apply([gateway_for(case.host), subsets(case, ["1", "2"]), routes(case, rule)])
    case.send_until("version 1 answers", lambda answer: answer.status == 200)
    forget(case, servers)
    sent = json.dumps({"instances": [[1.0]]}).encode()
    assert set(http_client.versions(case.send_many(MANY, body=sent, headers={"x-request-id": "one"}))) == {"1"}
    copied = servers["2"]
    case.wait_for_copies()
    assert len(servers["1"].received) == MANY
    http_client.assert_share(len(copied.received), MANY, 0.25, "copies")
    assert {each.host for each in copied.received} == {case.host}, "Istio marks copies by their host again: say so"
    assert {each.body for each in copied.received} == {sent}, "a copy has another body"


def test_a_copy_carries_the_version_that_the_request_itself_went_to(case: MeshCase) -> None:
    """The one mark by which a server can tell copies: since 1.28 Istio adds nothing to their host any more."""
    servers = case.serve(MODEL, ["1", "2", "3"])
    weighted = [{**destination(case, version, 50), **marked(version)} for version in "12"]
    rule = without_retries({"route": weighted, "mirrors": [destination(case, "3")]})
    case.apply([gateway_for(case.host), subsets(case, list(servers)), routes(case, rule)])
    case.send_until("a version answers", lambda answer: answer.status == 200)
    forget(case, servers)
    # What a caller says of it counts for nothing.
    case.send_many(100, headers={ROUTED: "3"})
    case.wait_for_copies()
    assert len(servers["3"].received) == 100
    for version in "12":
        assert {each.headers[ROUTED] for each in servers[version].received} == {version}
    assert {each.headers[ROUTED] for each in servers["3"].received} == {"1", "2"}


def test_a_failing_copy_is_nobodys_failure(case: MeshCase) -> None:
    def fail(_: Received) -> Reply:
        return Reply(status=500, body=b"")

    servers = case.serve(MODEL, ["1", "2"])
    servers["2"].respond = fail
    copies = [{**destination(case, "2"), "percentage": {"value": 100}}]
    rule = without_retries({"route": [destination(case, "1", 100)], "mirrors": copies})
    case.apply([gateway_for(case.host), subsets(case, ["1", "2"]), routes(case, rule)])
    case.send_until("version 1 answers", lambda answer: answer.status == 200)
    forget(case, servers)
    assert set(http_client.versions(case.send_many(50))) == {"1"}
    case.wait_for_copies()
    assert len(servers["2"].received) == 50


def test_nothing_is_asked_twice_without_retries(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1"], lambda _: Reply(status=503))
    rule = without_retries({"route": [destination(case, "1")]})
    case.apply([gateway_for(case.host), subsets(case, ["1"]), routes(case, rule)])
    waiting.until("version 1 is asked", lambda: case.send().status == 503 and servers["1"].received)
    servers["1"].forget()
    case.send_many(10)
    assert len(servers["1"].received) == 10


def test_a_cookie_that_a_weighted_answer_sets_names_the_version_from_then_on(case: MeshCase) -> None:
    case.serve(MODEL, ["1", "2"])
    cookie = "model-version"

    def weighted(version: str, weight: int) -> dict[str, Any]:
        set_cookie = {"response": {"add": {"set-cookie": f"{cookie}={version}; Max-Age=60; HttpOnly"}}}
        return {**destination(case, version, weight), "headers": set_cookie}

    sticky = [
        {
            "match": [{"headers": {"cookie": {"regex": f"^(.*;\\s*)?{cookie}={version}(;.*)?$"}}}],
            "route": [destination(case, version)],
        }
        for version in "12"
    ]
    rest = {"route": [weighted("1", 50), weighted("2", 50)]}
    case.apply([gateway_for(case.host), subsets(case, ["1", "2"]), routes(case, *sticky, rest)])
    first = case.send_until("a version answers", lambda answer: answer.status == 200)
    assert first.headers["set-cookie"] == f"{cookie}={first.version}; Max-Age=60; HttpOnly"
    for version in "12":
        sent = {"cookie": f"other=1; {cookie}={version}; more={cookie}=0"}
        answers = case.send_many(30, headers=sent)
        assert set(http_client.versions(answers)) == {version}
        assert "set-cookie" not in answers[0].headers, "who has the cookie needs none"


def test_a_connection_that_is_refused_is_tried_at_another_pod(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1"])
    gone = case.workload("1", {NAME_LABEL: "model-server", INSTANCE_LABEL: MODEL, VERSION_LABEL: "1"})
    gone.stop()
    retries = {"attempts": 3, "retryOn": "connect-failure,refused-stream", "perTryTimeout": "2s"}
    rule = {"route": [destination(case, "1")], "retries": retries}
    case.apply([gateway_for(case.host), subsets(case, ["1"]), routes(case, rule)])
    case.send_until("version 1 answers", lambda answer: answer.status == 200)
    servers["1"].forget()
    assert set(http_client.versions(case.send_many(40))) == {"1"}
    assert len(servers["1"].received) == 40


def test_a_timeout_is_answered_by_the_proxy(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1"])
    rule = {**without_retries({"route": [destination(case, "1")]}), "timeout": "0.2s"}
    case.apply([gateway_for(case.host), subsets(case, ["1"]), routes(case, rule)])
    case.send_until("version 1 answers", lambda answer: answer.status == 200)
    given_up = threading.Event()

    def late(_: Received) -> Reply:
        given_up.wait(timeout=http_client.TIMEOUT_SECONDS)
        return Reply()

    servers["1"].respond = late
    try:
        answer = case.send()
    finally:
        given_up.set()
    assert answer.status == 504, f"{answer.status} {answer.body!r}"


def test_routes_of_the_gateway_api_split_and_copy(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1", "2", "3"])

    def weighted(version: str, weight: int) -> dict[str, Any]:
        mark = {"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": ROUTED, "value": version}]}}
        return {"name": f"{MODEL}-{version}", "port": 80, "weight": weight, "filters": [mark]}

    copy = {"backendRef": {"name": f"{MODEL}-3", "port": 80}, "percent": 25}
    route = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "models"},
        "spec": {
            "parentRefs": [{"name": case.namespace, "namespace": gateway.NAMESPACE}],
            "hostnames": [case.host],
            "rules": [
                {
                    "backendRefs": [weighted("1", 90), weighted("2", 10)],
                    "filters": [{"type": "RequestMirror", "requestMirror": copy}],
                }
            ],
        },
    }
    case.apply([gateway_api_entry(case), route])
    case.send_until("a version answers", lambda answer: answer.status == 200)
    forget(case, servers)
    counted = http_client.versions(case.send_many(MANY))
    http_client.assert_share(counted["2"], MANY, 0.1, "answers of version 2")
    assert counted["1"] + counted["2"] == MANY, f"somebody else has answered: {counted}"
    case.wait_for_copies()
    http_client.assert_share(len(servers["3"].received), MANY, 0.25, "copies")
    assert {each.headers[ROUTED] for each in servers["3"].received} == {"1", "2"}, "copies cannot be told"


def test_istio_refuses_an_object_that_makes_no_sense_and_says_why(case: MeshCase) -> None:
    rule = {"route": [{"destination": {"host": "a"}, "weight": -1}]}
    with pytest.raises(RefusedError, match="weight"):
        case.apply([routes(case, rule)])
